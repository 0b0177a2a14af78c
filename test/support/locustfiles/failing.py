"""Requests that all fail: Locust then ends with exit code 1."""

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.5)

    @task
    def visit(self):
        self.client.get("/refused")
