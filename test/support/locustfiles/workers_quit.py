"""Each worker ends by itself after some requests; the master stays for its run time."""

import gevent
from locust import HttpUser, constant, task
from locust.runners import WorkerRunner


class Visitor(HttpUser):
    wait_time = constant(0.3)
    left = 40  # of all users of this worker

    @task
    def visit(self):
        self.client.get("/")
        Visitor.left -= 1
        if Visitor.left <= 0 and isinstance(self.environment.runner, WorkerRunner):
            # Not in the greenlet of the user, which that would end.
            gevent.spawn(self.environment.runner.quit)
