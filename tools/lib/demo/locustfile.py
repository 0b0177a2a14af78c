"""The behaviour of a visitor of the shop."""

from locust import HttpUser, between, task


class Visitor(HttpUser):
    wait_time = between(0.1, 0.5)

    @task(6)
    def look_around(self):
        self.client.get("/")

    @task(3)
    def search(self):
        self.client.get("/search?q=hat", name="/search")

    @task(1)
    def buy(self):
        self.client.post("/cart", data={"hat": 1})
        self.client.post("/checkout")
