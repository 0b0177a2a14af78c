"""A shape decides how many users there are, and ends the test."""

from locust import HttpUser, LoadTestShape, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.2)

    @task
    def visit(self):
        self.client.get("/")


class Steps(LoadTestShape):
    def tick(self):
        now = self.get_run_time()
        return (2, 2) if now < 5 else (6, 6) if now < 13 else None
