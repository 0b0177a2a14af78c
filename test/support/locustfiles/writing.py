"""The master writes more to its disk than its limit allows."""

from locust import HttpUser, constant, events, task
from locust.runners import MasterRunner


@events.test_start.add_listener
def write(environment, **_):
    if isinstance(environment.runner, MasterRunner):
        with open("/tmp/large", "wb") as file:
            file.write(bytes(64 * 1024 * 1024))


class Visitor(HttpUser):
    wait_time = constant(0.5)

    @task
    def visit(self):
        self.client.get("/")
