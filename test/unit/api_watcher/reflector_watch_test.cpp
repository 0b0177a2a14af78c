#include "test/unit/api_watcher/reflector_player.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace locust;
using namespace locust::test;
using namespace locust::watcher;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

namespace {

/// The version from which the watch is (re)opened; empty if it is not.
std::string version_of(const player& p) {
  return player::parameter(p.watch(), "resourceVersion");
}

} // namespace

BOOST_AUTO_TEST_SUITE(reflector_watches)

BOOST_AUTO_TEST_CASE(events_are_reported_in_their_order) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "11")) + event("ADDED", job("b", "12")) +
          event("MODIFIED", job("a", "13")) + event("DELETED", job("b", "14")));
  BOOST_TEST(p.told() == (words{"+a@11", "+b@12", "+a@13", "-b!"}),
             per_element());
  BOOST_TEST(p.core.resource_version() == "14");
  BOOST_TEST(p.core.known() == 1u);
}

BOOST_AUTO_TEST_CASE(a_bookmark_moves_the_version_and_touches_no_object) {
  player p;
  p.list(list_of({job("a", "3")}, "10"));
  p.open();
  p.bytes(bookmark_at("25"));
  BOOST_TEST(p.last.empty());
  BOOST_TEST(p.core.resource_version() == "25");
  p.close();
  BOOST_TEST(version_of(p) == "25");
  BOOST_TEST(p.page().empty());
}

BOOST_AUTO_TEST_CASE(versions_never_go_back) {
  player p;
  p.reach_watch("10");
  p.bytes(bookmark_at("25") + bookmark_at("24") +
          event("ADDED", job("late", "20")));
  BOOST_TEST(p.last.empty());
  BOOST_TEST(p.core.resource_version() == "25");
}

BOOST_AUTO_TEST_CASE(repeated_events_are_not_reported) {
  player p;
  p.reach_watch("10");
  auto events = event("ADDED", job("a", "11")) +
                event("ADDED", job("b", "12")) +
                event("DELETED", job("a", "13"));
  p.bytes(events);
  p.bytes(events);
  BOOST_TEST(p.last.empty());
  p.bytes(event("DELETED", job("never-seen", "14")));
  BOOST_TEST(p.last.empty());
}

BOOST_AUTO_TEST_CASE(incomparable_versions_count_as_new) {
  player p;
  p.list(list_of({job("a", "x-7")}, "x-9"));
  p.open();
  p.bytes(event("MODIFIED", job("a", "x-1")));
  BOOST_TEST(p.told() == (words{"+a@x-1"}), per_element());
  p.bytes(event("MODIFIED", job("a", "x-1")));
  BOOST_TEST(p.told().empty());
  BOOST_TEST(p.core.resource_version() == "x-1");
}

BOOST_AUTO_TEST_CASE(an_object_with_the_same_name_ends_the_previous_one) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "11", "first")));
  p.bytes(event("ADDED", job("a", "12", "second")));
  BOOST_TEST(p.told() == (words{"-a", "+a@12"}), per_element());
  BOOST_TEST(p.core.known() == 1u);
  p.bytes(event("DELETED", job("a", "13", "third")));
  BOOST_TEST(p.told() == (words{"-a"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_clean_end_reconnects_at_once_from_the_last_version) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "11")));
  auto before = p.stream_id();
  p.close();
  BOOST_TEST(version_of(p) == "11");
  BOOST_TEST(p.stream_id() != before);
}

BOOST_AUTO_TEST_CASE(a_watch_that_ends_at_once_with_nothing_is_a_failure) {
  player p;
  p.reach_watch("10");
  p.pass(999ms);
  p.close();
  BOOST_TEST(p.watch().empty());
  p.due();
  BOOST_TEST(version_of(p) == "10");
  p.open();
  p.pass(1s);
  p.close();
  BOOST_TEST(version_of(p) == "10");
}

BOOST_AUTO_TEST_CASE(a_cut_line_is_dropped_and_comes_again) {
  player p;
  p.reach_watch("10");
  auto second = event("ADDED", job("b", "12"));
  p.bytes(event("ADDED", job("a", "11")) + second.substr(0, 30));
  BOOST_TEST(p.told() == (words{"+a@11"}), per_element());
  p.close(200, {}, "connection reset");
  p.due();
  BOOST_TEST(version_of(p) == "11");
  p.open();
  p.bytes(second);
  BOOST_TEST(p.told() == (words{"+b@12"}), per_element());
}

BOOST_AUTO_TEST_CASE(the_timeout_of_a_watch_is_random_within_bounds) {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    player p(watched_kind::jobs, seed);
    p.list(list_of({}, "10"));
    auto timeout = player::parameter(p.watch(), "timeoutSeconds");
    BOOST_TEST((std::stoi(timeout) >= 300 && std::stoi(timeout) <= 600),
               timeout);
    seen.insert(timeout);
  }
  BOOST_TEST(seen.size() > 20u);
}

BOOST_AUTO_TEST_CASE(a_refused_watch_keeps_its_version_and_does_not_list) {
  for (int status : {0, 401, 403, 408, 429, 500, 502, 503, 504}) {
    player p;
    p.list(list_of({}, "10"));
    for (int i = 0; i < 10; ++i) {
      p.close(status, {}, status == 0 ? "connection refused" : "");
      BOOST_TEST(p.page().empty(), status);
      BOOST_TEST(p.watch().empty(), status);
      BOOST_TEST((p.delay() >= 800ms && p.delay() <= 30s), status);
      p.due();
      BOOST_TEST(version_of(p) == "10", status);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_watch_refused_for_what_it_asks_lists_again) {
  for (int status : {400, 404, 422}) {
    player p;
    p.list(list_of({}, "10"));
    p.close(status, status_body(status, "x"));
    p.due();
    BOOST_TEST(!p.page().empty(), status);
    BOOST_TEST(player::parameter(p.page(), "resourceVersion").empty(), status);
  }
}

BOOST_AUTO_TEST_CASE(the_server_may_ask_for_a_longer_wait_within_reason) {
  struct row {
    std::chrono::seconds asked, least, most;
  };
  for (auto [asked, least, most] :
       {row{20s, 20s, 40s}, row{3600s, 60s, 120s}, row{0s, 0s, 2s}}) {
    player p;
    p.list(list_of({}, "10"));
    p.close(429, {}, {}, asked);
    BOOST_TEST((p.delay() >= least && p.delay() <= most), asked.count());
  }
}

BOOST_AUTO_TEST_CASE(what_the_server_asked_for_makes_no_later_wait_longer) {
  player p;
  p.list(list_of({}, "10"));
  for (int i = 0; i < 10; ++i) {
    p.close(429, {}, {}, 1s);
    BOOST_TEST((p.delay() >= 1s && p.delay() <= 2s));
    p.due();
  }
  p.close(0, {}, "connection refused");
  BOOST_TEST((p.delay() <= 2 * watch_delays::growth.first));
}

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_is_normal) {
  player p;
  p.reach_watch("10");
  p.close(200, {}, "connection reset");
  BOOST_REQUIRE(p.did<log_line>());
  BOOST_TEST(!p.find<log_line>()->odd);
}

BOOST_AUTO_TEST_CASE(an_expired_version_in_the_stream_relists) {
  for (const auto* reason : {"Expired", "Gone"}) {
    player p;
    p.reach_watch("10");
    p.bytes(event("ADDED", job("a", "11")) +
            event("ERROR", status_body(410, reason)) +
            event("ADDED", job("b", "12")));
    BOOST_TEST(p.told() == (words{"+a@11"}), per_element());
    BOOST_TEST(p.did<stop_stream>());
    BOOST_TEST(player::parameter(p.page(), "resourceVersion") == "11");
  }
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_behind_gets_a_second) {
  player p;
  p.list(list_of({}, "10"));
  p.close(504, too_large_body());
  BOOST_TEST(p.delay() == 1s);
  p.due();
  BOOST_TEST(version_of(p) == "10");
  p.open();
  p.bytes(event("ERROR", too_large_body()));
  BOOST_TEST(p.delay() == 1s);
  BOOST_TEST(p.did<stop_stream>());
  for (int i = 2; i < reflector::replica_waits_limit; ++i) {
    p.due();
    p.close(504, too_large_body());
  }
  p.due();
  p.close(504, too_large_body());
  BOOST_TEST(!p.page().empty());
}

BOOST_AUTO_TEST_CASE(
    other_errors_in_the_stream_are_tried_anew_and_then_listed) {
  struct row {
    const char* name;
    std::string line;
  };
  for (const auto& [name, line] :
       {row{"internal error", event("ERROR", status_body(500, "Internal"))},
        row{"no JSON", "}{\n"}, row{"unknown type", event("NEW", "{}")},
        row{"no object", "{\"type\":\"ADDED\"}\n"},
        row{"an empty bookmark", event("BOOKMARK", "{\"metadata\":{}}")}}) {
    player p;
    p.reach_watch("10");
    p.bytes(bookmark_at("11"));
    for (int i = 1; i < reflector::broken_streams_limit; ++i) {
      p.bytes(line);
      BOOST_TEST(p.did<stop_stream>(), name);
      p.due();
      BOOST_TEST(version_of(p) == "11", name);
      p.open();
    }
    p.bytes(line);
    p.due();
    BOOST_TEST(player::parameter(p.page(), "resourceVersion") == "11", name);
  }
}

BOOST_AUTO_TEST_CASE(an_event_between_errors_resets_the_count) {
  player p;
  p.reach_watch("10");
  for (int i = 0; i < 3 * reflector::broken_streams_limit; ++i) {
    p.bytes(bookmark_at("11") + event("ERROR", status_body(500, "Internal")));
    p.due();
    BOOST_TEST(version_of(p) == "11");
    p.open();
  }
}

BOOST_AUTO_TEST_CASE(several_silent_streams_cause_a_relist) {
  player p;
  p.reach_watch("10");
  for (int i = 1; i < reflector::broken_streams_limit; ++i) {
    p.close(200, {}, "no byte for 90 s");
    p.due();
    BOOST_TEST(version_of(p) == "10");
    p.open();
  }
  p.close(200, {}, "no byte for 90 s");
  p.due();
  BOOST_TEST(player::parameter(p.page(), "resourceVersion") == "10");
}

BOOST_AUTO_TEST_CASE(an_overlong_line_relists) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "11")));
  std::string half(line_splitter::default_limit, 'x');
  p.bytes(half);
  BOOST_TEST(p.last.empty());
  p.bytes("x");
  BOOST_TEST(p.did<stop_stream>());
  p.due();
  BOOST_TEST(player::parameter(p.page(), "resourceVersion") == "11");
}

BOOST_AUTO_TEST_CASE(an_event_without_uid_is_skipped) {
  player p;
  p.reach_watch("10");
  p.bytes(
      event("ADDED", R"({"metadata":{"name":"x","resourceVersion":"12"}})") +
      event("ADDED", job("a", "13")));
  BOOST_TEST(p.told() == (words{"+a@13"}), per_element());
  BOOST_TEST(p.did<log_line>());
  BOOST_TEST(std::holds_alternative<watching>(p.core.state()));
}

BOOST_AUTO_TEST_CASE(old_streams_and_timers_are_ignored) {
  player p;
  p.reach_watch("10");
  auto old = p.stream_id();
  p.bytes(event("ERROR", status_body(500, "Internal")));
  auto timer = p.find<start_timer>()->generation;
  BOOST_TEST(p.core.on_bytes(old, bookmark_at("20"), p.now).empty());
  BOOST_TEST(
      p.core.on_closed(old, player::response(200, {}, {}, {}), p.now).empty());
  BOOST_TEST(p.core.on_opened(old, p.now).empty());
  BOOST_TEST(p.core.on_timer(timer - 1).empty());
  BOOST_TEST(p.core.on_timer(timer).size() == 1u);
  BOOST_TEST(p.core.on_timer(timer).empty());
}

BOOST_AUTO_TEST_CASE(after_a_stop_everything_is_ignored) {
  player p;
  p.reach_watch("10");
  auto id = p.stream_id();
  p.last = p.core.stop();
  BOOST_REQUIRE(p.did<stop_stream>());
  BOOST_TEST(p.find<stop_stream>()->id == id);
  BOOST_TEST(p.core.on_bytes(id, bookmark_at("20"), p.now).empty());
  BOOST_TEST(p.core.stop().empty());
}

BOOST_AUTO_TEST_CASE(foreign_services_and_events_are_not_stored) {
  struct row {
    watched_kind kind;
    const char* object;
    bool ours;
  };
  using kind = watched_kind;
  for (const auto& [of, object, ours] : {
           row{kind::services, R"({"metadata":{"name":"shop"})", false},
           row{kind::services, R"({"metadata":{"name":"a-master"})", true},
           row{kind::services, R"({"metadata":{"name":"a-worker"})", false},
           row{kind::pod_warnings,
               R"({"involvedObject":{"kind":"Pod","name":"db-0"})", false},
           row{kind::pod_warnings,
               R"({"involvedObject":{"kind":"Pod","name":"a-worker-x7k2m"})",
               true},
           row{kind::pod_warnings,
               R"({"involvedObject":{"kind":"Pod","name":"x123456789x123456789)"
               R"(x123456789x123456789x123456789x12-workabcde"})",
               true},
           row{kind::job_warnings,
               R"({"involvedObject":{"kind":"Job","name":"backup"})", false},
           row{kind::job_warnings,
               R"({"involvedObject":{"kind":"Job","name":"a-master"})", true},
       }) {
    player p(of);
    std::string text(object);
    auto metadata = std::string(R"("uid":"u","resourceVersion":"11")");
    if (of == kind::services)
      text = text.substr(0, text.size() - 1) + "," + metadata + "}}";
    else
      text += R"(,"metadata":{"name":"e.1",)" + metadata + "}}";
    p.reach_watch("10");
    p.bytes(event("ADDED", text));
    BOOST_TEST(p.told().size() == (ours ? 1u : 0u), text);
    BOOST_TEST(p.core.known() == (ours ? 1u : 0u), text);
    BOOST_TEST(p.core.resource_version() == "11", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
