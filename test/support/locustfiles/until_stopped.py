"""Runs until the target returns success for /over."""

import gevent
import requests
from locust import HttpUser, constant, events, task
from locust.runners import MasterRunner


class Visitor(HttpUser):
    wait_time = constant(0.5)

    @task
    def visit(self):
        self.client.get("/")


@events.test_start.add_listener
def begin(environment, **_):
    if isinstance(environment.runner, MasterRunner):
        gevent.spawn(end_when_stopped, environment)


def end_when_stopped(environment):
    # As Locust does at the end of --run-time and --autoquit.
    while not requests.get(environment.host + "/over", timeout=5).ok:
        gevent.sleep(0.5)
    environment.runner.quit()
    environment.web_ui.stop()
