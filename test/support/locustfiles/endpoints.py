"""Thousands of endpoints, without a server."""

import itertools

from locust import User, constant, task

ENDPOINTS = 2000


class Visitor(User):
    wait_time = constant(0.4)
    numbers = itertools.count()

    @task
    def visit(self):
        for number in itertools.islice(self.numbers, 200):
            endpoint = number % ENDPOINTS
            self.environment.events.request.fire(
                request_type="GET", name=f"/{endpoint:04}", response_length=0,
                response_time=1000 + endpoint if endpoint < 20 else endpoint % 50,
                exception=OSError("gone") if endpoint == 77 else None, context={})
