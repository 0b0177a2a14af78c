#include "actors/api_client/transport.hpp"
#include "cluster.hpp"
#include "test/unit/support/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>

using namespace locust;
using namespace locust::test;

namespace {

constexpr size_t under_way = 64;
constexpr size_t creations = 3000;

const std::string jobs = "/apis/batch/v1/namespaces/default/jobs";

std::string job(const std::string& name) {
  return R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":")" +
         name +
         R"(","labels":{"test":"api-client-load"}},"spec":{"template":{)"
         R"("spec":{"restartPolicy":"Never","containers":[{"name":"c",)"
         R"("image":"none:local"}]}}}})";
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct fixture : client_fixture {
  fixture() {
    clean();
  }

  ~fixture() {
    clean();
  }

  void clean() {
    ask(client, without_body(http_verb::remove,
                             jobs + "?labelSelector=test%3Dapi-client-load"
                                    "&propagationPolicy=Background",
                             lane::list));
  }

  api_client_actor client = spawn(access());
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(load, fixture)

BOOST_AUTO_TEST_CASE(requests_share_one_http2_connection) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<transfer_event> ended;
  transport network{access(), "test", [&](std::vector<transfer_event> events) {
                      std::lock_guard guard{mutex};
                      for (auto& event : events)
                        ended.push_back(std::move(event));
                      changed.notify_all();
                    }};
  auto server = access().server;
  for (size_t i = 0; i < under_way; ++i) {
    transfer_order order;
    order.id = i;
    order.verb = http_verb::post;
    order.url = server + jobs;
    order.body = std::make_shared<const std::string>(
        job("api-client-parallel-" + std::to_string(i)));
    order.deadline = patience;
    order.largest_answer = 1024UL * 1024;
    order.as = std::make_shared<const credential>();
    network.start(std::move(order));
  }
  std::unique_lock guard{mutex};
  BOOST_REQUIRE(changed.wait_for(guard, patience,
                                 [&] { return ended.size() == under_way; }));
  long connections = 0;
  for (const auto& event : ended) {
    BOOST_TEST(event.status == 201);
    BOOST_TEST(event.http_version == 2);
    connections += event.new_connections;
  }
  BOOST_TEST(connections == 1);
}

BOOST_AUTO_TEST_CASE(status_does_not_wait_behind_thousands_of_creations) {
  using clock = std::chrono::steady_clock;
  auto start = clock::now();
  auto cpu = cpu_seconds();
  std::atomic<size_t> created = 0;
  std::atomic<size_t> failed = 0;
  ask_many(
      client, creations,
      [](size_t i) {
        return with_body(http_verb::post, jobs,
                         job("api-client-load-" + std::to_string(i)));
      },
      [&](const api_response& r) { ++(r.status == 201 ? created : failed); });
  std::vector<double> waits;
  while (created + failed < creations) {
    auto sent = clock::now();
    auto answer =
        ask(client, with_body(http_verb::merge_patch,
                              jobs + "/api-client-load-0/status",
                              R"({"status":{"active":1}})", lane::status));
    waits.push_back(
        std::chrono::duration<double, std::milli>(clock::now() - sent).count());
    BOOST_TEST((answer.status == 200 || answer.status == 404));
  }
  auto seconds = std::chrono::duration<double>(clock::now() - start).count();
  cpu = cpu_seconds() - cpu;
  BOOST_TEST(created == creations);
  std::sort(waits.begin(), waits.end());
  auto all = static_cast<double>(creations + waits.size());
  BOOST_TEST_MESSAGE("creations/s: "
                     << static_cast<double>(creations) / seconds
                     << ", client CPU per request in us: " << cpu / all * 1e6
                     << ", status writes: " << waits.size()
                     << ", median ms: " << waits[waits.size() / 2]
                     << ", slowest ms: " << waits.back());
  // Behind the whole burst it would have been one write in all.
  BOOST_TEST(waits.back() < seconds * 1000 / 2);
  BOOST_TEST(waits.size() > 3u);
}

BOOST_AUTO_TEST_SUITE_END()
