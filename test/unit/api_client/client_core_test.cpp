#include "actors/api_client/client_core.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t window = server_pressure::first_window;

struct fixture {
  explicit fixture(token_source token = no_token{},
                   const api_client_limits& limits = {}) {
    cluster_access access;
    access.server = "https://h:443/prefix";
    access.token = std::move(token);
    core.emplace(access, limits);
  }

  static api_request request(std::string target, lane in = lane::create) {
    api_request r;
    r.verb = http_verb::post;
    r.target = std::move(target);
    r.in = in;
    return r;
  }

  static transfer_event ended(uint64_t id, int status,
                              std::optional<std::chrono::seconds> retry = {}) {
    transfer_event event;
    event.id = id;
    event.status = status;
    event.body = std::make_shared<const std::string>("body");
    event.retry_after = retry;
    return event;
  }

  /// Sorts the effects by type.
  void take(client_effects effects) {
    for (auto& effect : effects) {
      if (auto start = std::get_if<start_transfer>(&effect))
        started.push_back(std::move(start->order));
      else if (auto cancel = std::get_if<cancel_transfer>(&effect))
        cancelled.push_back(cancel->id);
      else if (auto given = std::get_if<answer_request>(&effect))
        answers.push_back(std::move(*given));
      else if (auto news = std::get_if<stream_update>(&effect))
        stream_events.push_back(std::move(news->event));
      else
        ++loads;
    }
  }

  void submit(uint64_t id, api_request r) {
    take(core->submit(id, std::move(r), now));
  }

  void open(uint64_t id) {
    take(core->open(id, "/watch", 90s, "", now));
  }

  void on_event(transfer_event event) {
    take(core->transferred({std::move(event)}, now));
  }

  void loaded(const std::string& token) {
    take(core->credential_loaded(fresh_credential{{token, {}, {}}, {}}, now));
  }

  void not_loaded() {
    take(core->credential_loaded(fail(errc::refused, "no cloud"), now));
  }

  monotonic_time now = monotonic_time{} + 1h;
  std::optional<client_core> core;
  std::vector<transfer_order> started;
  std::vector<uint64_t> cancelled;
  std::vector<answer_request> answers;
  std::vector<transfer_event> stream_events;
  int loads = 0;
};

struct file_fixture : fixture {
  file_fixture() : fixture(token_file{"/t"}) {
    // nop
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(answering_requests, fixture)

BOOST_AUTO_TEST_CASE(a_request_goes_out_whole_and_is_answered_once) {
  auto r = request("/api/v1/pods?limit=5", lane::list);
  r.verb = http_verb::get;
  r.accept = "application/x";
  r.deadline = 7s;
  submit(1, r);
  BOOST_REQUIRE(started.size() == 1u);
  const auto& order = started.front();
  BOOST_TEST(order.url == "https://h:443/prefix/api/v1/pods?limit=5");
  BOOST_TEST((order.via == channel::requests));
  BOOST_TEST((order.verb == http_verb::get));
  BOOST_TEST(order.accept == "application/x");
  BOOST_TEST((order.deadline == 7s));
  BOOST_TEST(order.largest_answer == 64u * 1024 * 1024);
  on_event(ended(1, 404));
  on_event(ended(1, 404));
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].id == 1u);
  BOOST_TEST(answers[0].response.status == 404);
  BOOST_TEST(*answers[0].response.body == "body");
}

BOOST_AUTO_TEST_CASE(pods_never_get_a_credential) {
  fixture f{static_token{"secret"}};
  f.submit(1, request("http://10.0.0.1:8089/stats/requests", lane::load));
  f.submit(2, request("/api"));
  BOOST_REQUIRE(f.started.size() == 2u);
  BOOST_TEST((f.started[0].via == channel::pods));
  BOOST_TEST(!f.started[0].as);
  BOOST_TEST(f.started[0].url == "http://10.0.0.1:8089/stats/requests");
  BOOST_TEST(f.started[1].as->token == "secret");
}

BOOST_AUTO_TEST_CASE(a_target_must_fit_its_lane) {
  struct row {
    const char* target;
    lane in;
  };
  for (auto r : {row{"api", lane::create}, row{"http://h/x", lane::status},
                 row{"", lane::list}, row{"", lane::load},
                 row{"https://h", lane::load}, row{"file:///x", lane::load}}) {
    fixture f;
    f.submit(1, request(r.target, r.in));
    BOOST_TEST(f.started.empty());
    BOOST_REQUIRE(f.answers.size() == 1u);
    BOOST_TEST(f.answers[0].response.status == 0);
    BOOST_TEST(f.answers[0].response.failure != "");
    BOOST_TEST(f.answers[0].response.body != nullptr);
  }
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_at_once) {
  api_client_limits limits;
  limits.longest_queue = 1;
  fixture f{no_token{}, limits};
  for (uint64_t id = 1; id <= window + 2; ++id)
    f.submit(id, request("/x"));
  BOOST_TEST(f.started.size() == window);
  BOOST_REQUIRE(f.answers.size() == 1u);
  BOOST_TEST(f.answers[0].id == window + 2);
  BOOST_TEST(f.answers[0].response.failure == "too many requests are waiting");
}

BOOST_AUTO_TEST_CASE(a_finished_request_starts_the_next) {
  for (uint64_t id = 1; id <= window + 1; ++id)
    submit(id, request("/x"));
  BOOST_TEST(started.size() == window);
  on_event(ended(1, 201));
  BOOST_REQUIRE(started.size() == window + 1);
  BOOST_TEST(started.back().id == window + 1);
}

BOOST_AUTO_TEST_CASE(retry_after_is_honoured_for_all) {
  for (int status : {429, 503}) {
    fixture f;
    f.submit(1, request("/x"));
    f.on_event(ended(1, status, 2s));
    BOOST_TEST(f.answers.empty());
    f.submit(2, request("/y", lane::status));
    BOOST_TEST(f.started.size() == 1u);
    BOOST_REQUIRE(f.core->wakes_at(f.now).has_value());
    BOOST_TEST((*f.core->wakes_at(f.now) == f.now + 2s));
    f.now += 2s;
    f.take(f.core->wake(f.now));
    BOOST_TEST(f.started.size() == 3u);
    f.on_event(ended(1, 201));
    BOOST_REQUIRE(f.answers.size() == 1u);
    BOOST_TEST(f.answers[0].response.status == 201);
  }
}

BOOST_AUTO_TEST_CASE(retries_are_limited) {
  submit(1, request("/x"));
  for (int i = 0; i < most_repeats; ++i) {
    on_event(ended(1, 429, 1s));
    BOOST_TEST(answers.empty());
    now += 1s;
    take(core->wake(now));
  }
  BOOST_TEST(started.size() == 11u);
  on_event(ended(1, 429, 1s));
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].response.status == 429);
  BOOST_TEST((answers[0].response.retry_after == 1s));
}

BOOST_AUTO_TEST_CASE(other_answers_go_back_to_the_caller) {
  struct row {
    int status;
    std::optional<std::chrono::seconds> retry_after;
  };
  for (auto r : {row{429, {}}, row{503, {}}, row{500, 1s}, row{504, 1s},
                 row{409, {}}, row{401, {}}, row{429, 61s}, row{0, {}}}) {
    fixture f;
    f.submit(1, request("/x"));
    f.on_event(ended(1, r.status, r.retry_after));
    BOOST_REQUIRE(f.answers.size() == 1u);
    BOOST_TEST(f.answers[0].response.status == r.status);
    BOOST_TEST((f.answers[0].response.retry_after == r.retry_after));
  }
}

BOOST_AUTO_TEST_CASE(a_busy_locust_master_blocks_nothing_else) {
  submit(1, request("http://10.0.0.1:8089/", lane::load));
  on_event(ended(1, 503, 5s));
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].response.status == 503);
  submit(2, request("/x"));
  BOOST_TEST(started.size() == 2u);
}

BOOST_AUTO_TEST_CASE(only_pods_are_connected_to_without_a_request) {
  auto only_connect = [](const std::string& target, lane in) {
    auto made = request(target, in);
    made.connect_only = true;
    return made;
  };
  submit(1, only_connect("http://10.0.0.1:5557", lane::load));
  submit(2, only_connect("/api", lane::list));
  BOOST_REQUIRE(started.size() == 2u);
  BOOST_TEST(started[0].connect_only);
  BOOST_TEST(!started[1].connect_only);
  auto refusal = ended(1, 0);
  refusal.refused = true;
  on_event(refusal);
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].response.refused);
}

BOOST_AUTO_TEST_CASE(stopping_answers_all) {
  for (uint64_t id = 1; id <= 50; ++id)
    submit(id, request("/x"));
  open(51);
  take(core->stop("the end"));
  BOOST_TEST(answers.size() == 50u);
  BOOST_TEST(answers[0].response.failure == "the end");
  BOOST_TEST(answers[0].response.status == 0);
  BOOST_TEST(stream_events.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(asking_for_credentials, file_fixture)

BOOST_AUTO_TEST_CASE(requests_wait_for_the_first_token) {
  BOOST_TEST(loads == 0);
  submit(1, request("/x"));
  submit(2, request("http://10.0.0.1:8089/", lane::load));
  open(3);
  BOOST_TEST(loads == 1);
  BOOST_REQUIRE(started.size() == 1u);
  BOOST_TEST(started[0].id == 2u);
  loaded("a");
  BOOST_REQUIRE(started.size() == 3u);
  BOOST_TEST(started[1].as->token == "a");
  BOOST_TEST(started[2].as->token == "a");
}

BOOST_AUTO_TEST_CASE(without_a_token_requests_fail) {
  submit(1, request("/x"));
  open(2);
  not_loaded();
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].response.failure == "no credential: no cloud");
  BOOST_REQUIRE(stream_events.size() == 1u);
  BOOST_TEST(stream_events[0].failure == "no credential: no cloud");
  BOOST_TEST(stream_events[0].status == 0);
  // At once, until it is time to try again.
  submit(3, request("/x"));
  BOOST_TEST(answers.size() == 2u);
  now += 5s;
  submit(4, request("/x"));
  BOOST_TEST(loads == 2);
  loaded("a");
  BOOST_TEST(started.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stale_token_is_replaced_once) {
  submit(1, request("/x"));
  loaded("old");
  submit(2, request("/y", lane::status));
  now += 2s;
  on_event(ended(1, 401));
  on_event(ended(2, 401));
  BOOST_TEST(loads == 2);
  BOOST_TEST(answers.empty());
  submit(3, request("/z", lane::status));
  BOOST_TEST(started.size() == 2u);
  loaded("new");
  BOOST_REQUIRE(started.size() == 5u);
  for (size_t i = 2; i < 5; ++i)
    BOOST_TEST(started[i].as->token == "new");
  now += 2s;
  on_event(ended(1, 201));
  on_event(ended(2, 401));
  BOOST_REQUIRE(answers.size() == 2u);
  BOOST_TEST(answers[0].response.status == 201);
  BOOST_TEST(answers[1].response.status == 401);
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_older_token_is_repeated_without_a_load) {
  submit(1, request("/x"));
  loaded("old");
  now += 1min;
  submit(2, request("/y"));
  BOOST_TEST(loads == 2);
  loaded("new");
  on_event(ended(1, 401));
  BOOST_TEST(loads == 2);
  BOOST_TEST(started.back().id == 1u);
  BOOST_TEST(started.back().as->token == "new");
}

BOOST_AUTO_TEST_CASE(without_a_new_token_the_401_is_returned) {
  submit(1, request("/x"));
  loaded("old");
  now += 2s;
  on_event(ended(1, 401));
  not_loaded();
  // The old one again: the 401 may have been temporary.
  BOOST_TEST(started.size() == 2u);
  on_event(ended(1, 401));
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].response.status == 401);
}

BOOST_AUTO_TEST_CASE(a_watch_is_repeated_with_a_fresh_token_too) {
  open(1);
  loaded("old");
  now += 2s;
  on_event(ended(1, 401));
  loaded("new");
  BOOST_TEST(stream_events.empty());
  BOOST_REQUIRE(started.size() == 2u);
  BOOST_TEST(started[1].as->token == "new");
  on_event(ended(1, 401));
  BOOST_REQUIRE(stream_events.size() == 1u);
  BOOST_TEST(stream_events[0].status == 401);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(streaming, fixture)

BOOST_AUTO_TEST_CASE(events_are_forwarded_until_the_end) {
  open(1);
  BOOST_REQUIRE(started.size() == 1u);
  BOOST_TEST((started[0].via == channel::streams));
  BOOST_TEST((started[0].silence_limit == 90s));
  transfer_event event;
  event.id = 1;
  event.what = transfer_event::kind::opened;
  on_event(event);
  event.what = transfer_event::kind::data;
  on_event(event);
  on_event(ended(1, 200));
  on_event(ended(1, 200));
  BOOST_TEST(stream_events.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_closed_stream_is_cancelled_and_silent) {
  open(1);
  take(core->close(1));
  BOOST_TEST((cancelled == std::vector<uint64_t>{1}));
  on_event(ended(1, 200));
  BOOST_TEST(stream_events.empty());
  take(core->close(1));
  BOOST_TEST(cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unopened_stream_is_not_cancelled) {
  file_fixture f;
  f.open(1);
  f.take(f.core->close(1));
  f.loaded("a");
  BOOST_TEST(f.cancelled.empty());
  BOOST_TEST(f.started.empty());
}

BOOST_AUTO_TEST_CASE(watches_do_not_wait_for_a_pause) {
  submit(1, request("/x"));
  on_event(ended(1, 429, 30s));
  open(2);
  BOOST_TEST(started.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
