"""The master takes its time at the end; workers end with a code of their own."""

import os
import time

from locust import HttpUser, constant, events, task
from locust.runners import MasterRunner, WorkerRunner


@events.quitting.add_listener
def upload(environment, **_):
    if isinstance(environment.runner, MasterRunner):
        time.sleep(int(os.environ.get("UPLOAD_SECONDS", "0")))


@events.test_stop.add_listener
def fail(environment, **_):
    if isinstance(environment.runner, WorkerRunner):
        raise ConnectionError("no gateway for metrics")


class Visitor(HttpUser):
    wait_time = constant(0.5)

    @task
    def visit(self):
        self.client.get("/")
