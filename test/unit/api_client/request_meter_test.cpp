#include "actors/api_client/request_meter.hpp"
#include "actors/metrics/metrics_registry.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture {
  void send(uint64_t id, http_verb verb, std::string url,
            channel via = channel::requests) {
    transfer_order order;
    order.id = id;
    order.verb = verb;
    order.url = std::move(url);
    order.via = via;
    meter.started(order, now);
  }

  void happens(uint64_t id, transfer_event::kind what, int status = 0) {
    transfer_event event;
    event.id = id;
    event.what = what;
    event.status = status;
    meter.on_event(event, now);
  }

  void ends(uint64_t id, int status) {
    happens(id, transfer_event::kind::ended, status);
  }

  bool serves(const std::string& line) const {
    return ("\n" + registry.text()).find("\n" + line + "\n") !=
           std::string::npos;
  }

  bool counts(const std::string& verb, const std::string& code, int n) const {
    return serves("locust_operator_api_requests_total{code=\"" + code +
                  "\",verb=\"" + verb + "\"} " + std::to_string(n));
  }

  metrics_registry registry{{"1", "2", "h:1", 2, false, false, {}, 0}};
  request_meter meter{registry.handles().api};
  monotonic_time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(request_meter_, fixture)

BOOST_AUTO_TEST_CASE(verbs_are_those_of_kubernetes) {
  struct row {
    http_verb verb;
    const char* url;
    const char* name;
    const char* method;
  };
  uint64_t id = 0;
  for (auto [verb, url, name, method] :
       {row{http_verb::get, "/api/v1/pods/x", "get", "GET"},
        row{http_verb::get, "/api/v1/pods?limit=500", "list", "GET"},
        row{http_verb::post, "/x", "create", "POST"},
        row{http_verb::put, "/x", "update", "PUT"},
        row{http_verb::merge_patch, "/x", "patch", "PATCH"},
        row{http_verb::remove, "/x", "delete", "DELETE"}}) {
    send(++id, verb, url);
    ends(id, 299);
    BOOST_TEST(counts(name, "299", 1), name);
    BOOST_TEST(registry.text().find(std::string("method=\"") + method) !=
               std::string::npos);
  }
  send(++id, http_verb::json_patch, "/x");
  ends(id, 299);
  BOOST_TEST(counts("patch", "299", 2));
  BOOST_TEST(serves("rest_client_requests_total{code=\"299\",host=\"h:1\","
                    "method=\"GET\"} 2"));
}

BOOST_AUTO_TEST_CASE(every_attempt_counts_with_its_time) {
  send(1, http_verb::post, "/x");
  now += 20ms;
  ends(1, 429);
  send(1, http_verb::post, "/x"); // again, under the same number
  now += 3s;
  ends(1, 0);
  BOOST_TEST(counts("create", "429", 1));
  BOOST_TEST(counts("create", "0", 1));
  BOOST_TEST(serves("rest_client_requests_total{code=\"<error>\","
                    "host=\"h:1\",method=\"POST\"} 1"));
  auto duration = std::string("locust_operator_api_request_duration_seconds_");
  BOOST_TEST(serves(duration + "bucket{verb=\"create\",le=\"0.025\"} 1"));
  BOOST_TEST(serves(duration + "count{verb=\"create\"} 2"));
}

BOOST_AUTO_TEST_CASE(a_watch_counts_when_it_is_opened) {
  send(1, http_verb::get, "/api/v1/pods?watch=true", channel::streams);
  happens(1, transfer_event::kind::data);
  happens(1, transfer_event::kind::opened);
  BOOST_TEST(counts("watch", "200", 1));
  happens(1, transfer_event::kind::data);
  ends(1, 200);
  BOOST_TEST(counts("watch", "200", 1));
  send(2, http_verb::get, "/api/v1/pods?watch=true", channel::streams);
  ends(2, 403);
  BOOST_TEST(counts("watch", "403", 1));
  send(3, http_verb::get, "/api/v1/pods?watch=true", channel::streams);
  meter.cancelled(3);
  ends(3, 200);
  BOOST_TEST(counts("watch", "200", 1));
}

BOOST_AUTO_TEST_CASE(locust_masters_are_not_the_api_server) {
  send(1, http_verb::get, "http://10.0.0.1:8089/stats", channel::pods);
  ends(1, 200);
  BOOST_TEST(registry.text().find("code=\"200\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(waiting_requests_of_all_clients_are_added_up) {
  auto waiting = [&](int n) {
    return serves("locust_operator_api_requests_waiting{lane=\"status\"} " +
                  std::to_string(n));
  };
  {
    request_meter other{registry.handles().api};
    request_queue queue;
    for (uint64_t id = 1; id <= 3; ++id)
      BOOST_TEST(queue.push(lane::status, id, work_kind::write_status, now));
    meter.waits(queue);
    other.waits(queue);
    BOOST_TEST(waiting(6));
    BOOST_TEST(queue.next(now).has_value());
    meter.waits(queue);
    meter.waits(queue);
    BOOST_TEST(waiting(5));
  }
  BOOST_TEST(waiting(2));
}

BOOST_AUTO_TEST_SUITE_END()
