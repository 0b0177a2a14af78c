"""Several endpoints; one of them fails."""

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.2)

    @task
    def visit(self):
        self.client.get("/")
        self.client.get("/a page", name="/a page")
        self.client.get("/refused")
