"""Uses more memory than the limit of its container."""

from locust import User, constant, task

MEGABYTES = 300


class Visitor(User):
    wait_time = constant(0.5)

    @task
    def eat(self):
        self.eaten = [bytearray(b"x" * (1 << 20)) for _ in range(MEGABYTES)]
