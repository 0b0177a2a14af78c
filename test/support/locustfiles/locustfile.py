"""All requests succeed."""

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.5)

    @task
    def visit(self):
        self.client.get("/")
