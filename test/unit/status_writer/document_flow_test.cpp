#include "actors/status_writer/document_flow.hpp"
#include "document_fixture.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using namespace locust::test;

namespace {

struct fixture {
  document_flow flow;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(document_flow_, fixture)

BOOST_AUTO_TEST_CASE(an_urgent_document_goes_at_once_and_is_reported_stored) {
  flow.save(document(1), start);
  BOOST_TEST((flow.due() == start));
  BOOST_TEST(guards_version(flow.take(), "10"));
  BOOST_TEST(!flow.due().has_value());
  auto outcome = flow.answered(stored_as("uid", "11"), start + 5ms);
  BOOST_TEST_REQUIRE(outcome.stored.has_value());
  BOOST_TEST(outcome.stored->revision == 1u);
  BOOST_TEST(outcome.stored->resource_version == "11");
  BOOST_TEST(!flow.due().has_value());
}

BOOST_AUTO_TEST_CASE(the_newer_of_the_two_known_versions_guards_the_write) {
  flow.save(document(1), start);
  flow.take();
  flow.answered(stored_as("uid", "99"), start);
  flow.save(document(2, urgent, 0, "10"), start);
  BOOST_TEST(guards_version(flow.take(), "99"));
  flow.answered(stored_as("uid", "100"), start);
  flow.save(document(3, urgent, 0, "101"), start);
  BOOST_TEST(guards_version(flow.take(), "101"));
}

BOOST_AUTO_TEST_CASE(versions_that_cannot_be_ordered_leave_the_stored_one) {
  flow.save(document(1), start);
  flow.take();
  flow.answered(stored_as("uid", "x-1"), start);
  flow.save(document(2, urgent, 0, "x-0"), start);
  BOOST_TEST(guards_version(flow.take(), "x-1"));
}

BOOST_AUTO_TEST_CASE(a_newer_document_waits_for_the_answer_and_replaces) {
  flow.save(document(1), start);
  flow.take();
  flow.save(document(2), start);
  flow.save(document(3), start);
  BOOST_TEST(!flow.due().has_value());
  auto first = flow.answered(stored_as("uid", "11"), start + 1ms);
  BOOST_TEST(first.stored->revision == 1u);
  BOOST_TEST((*flow.due() <= start + 1ms));
  flow.take();
  auto second = flow.answered(stored_as("uid", "12"), start + 2ms);
  BOOST_TEST(second.stored->revision == 3u);
  BOOST_TEST(!flow.due().has_value());
}

BOOST_AUTO_TEST_CASE(
    a_low_priority_document_waits_for_others_and_its_interval) {
  flow.save(document(1, calm), start);
  BOOST_TEST((flow.due() == start + 2s));
  // Further documents do not prolong the wait.
  flow.save(document(2, calm), start + 1s);
  BOOST_TEST((flow.due() == start + 2s));
  flow.take();
  flow.answered(stored_as("uid", "11"), start + 2s);
  flow.save(document(3, calm), start + 3s);
  BOOST_TEST((flow.due() == start + 7s));
}

BOOST_AUTO_TEST_CASE(an_urgent_document_includes_the_low_priority_one) {
  flow.save(document(1, calm), start);
  flow.save(document(2, urgent), start + 1s);
  BOOST_TEST((*flow.due() <= start + 1s));
  BOOST_TEST(flow.urgent());
}

BOOST_AUTO_TEST_CASE(a_low_priority_document_inherits_urgency) {
  flow.save(document(1, urgent), start);
  flow.save(document(2, calm), start);
  BOOST_TEST((flow.due() == start));
  flow.take();
  flow.save(document(3, calm), start);
  // It is unknown whether revision 2 was stored: 3 inherits its urgency.
  flow.answered(answer(0), start);
  BOOST_TEST(flow.urgent());
  BOOST_TEST((*flow.due() < start + 1s));
}

BOOST_AUTO_TEST_CASE(a_failed_urgent_document_passes_its_urgency_on) {
  flow.save(document(1, urgent), start);
  flow.take();
  flow.answered(answer(503), start);
  flow.save(document(2, calm), start + 1ms);
  BOOST_TEST(flow.urgent());
}

BOOST_AUTO_TEST_CASE(a_document_after_a_stored_urgent_one_is_not_urgent) {
  flow.save(document(1, urgent), start);
  flow.take();
  flow.save(document(2, calm), start);
  flow.answered(stored_as("uid", "11"), start);
  BOOST_TEST(!flow.urgent());
  BOOST_TEST((flow.due() == start + 2s));
}

BOOST_AUTO_TEST_CASE(a_flush_makes_everything_due) {
  flow.save(document(1, calm), start);
  flow.flush(start + 1ms);
  BOOST_TEST((*flow.due() <= start + 1ms));
  flow.take();
  flow.answered(answer(403), start + 2ms);
  BOOST_TEST((*flow.due() > start + 4s));
  flow.flush(start + 3ms);
  BOOST_TEST((*flow.due() <= start + 3ms));
}

BOOST_AUTO_TEST_CASE(a_flush_resets_the_waits) {
  flow.save(document(1), start);
  auto now = start;
  for (int i = 0; i < 8; ++i) {
    now = *flow.due();
    flow.take();
    flow.answered(answer(503), now);
  }
  flow.flush(now);
  flow.take();
  flow.answered(answer(503), now);
  BOOST_TEST((*flow.due() < now + 100ms));
}

BOOST_AUTO_TEST_CASE(a_transient_failure_is_retried_with_back_off) {
  struct row {
    const char* name;
    int status;
    std::chrono::milliseconds first;
    std::chrono::milliseconds second;
  };
  const row rows[] = {
      {"no answer", 0, 50ms, 100ms},  {"timeout", 408, 50ms, 100ms},
      {"too many", 429, 50ms, 100ms}, {"server error", 500, 50ms, 100ms},
      {"gateway", 502, 50ms, 100ms},  {"unavailable", 503, 50ms, 100ms},
      {"redirect", 302, 50ms, 100ms}, {"forbidden", 403, 5s, 10s},
      {"unauthorized", 401, 5s, 10s},
  };
  for (const auto& [name, status, first, second] : rows) {
    document_flow each;
    auto now = start;
    each.save(document(1), now);
    for (auto wait : {first, second}) {
      each.take();
      auto outcome = each.answered(answer(status), now);
      BOOST_TEST(!outcome.stored.has_value(), name);
      BOOST_TEST((*each.due() >= now + wait), name);
      BOOST_TEST((*each.due() <= now + wait + wait / 4), name);
      now = *each.due();
    }
    BOOST_TEST(is_patch(each.take()), name);
    BOOST_TEST(each.answered(stored_as("uid", "11"), now).stored->revision ==
                   1u,
               name);
    // After a success the next failure starts with the first wait.
    each.save(document(2), now);
    each.take();
    each.answered(answer(status), now);
    BOOST_TEST((*each.due() <= now + first + first / 4), name);
  }
}

BOOST_AUTO_TEST_CASE(a_wait_that_the_server_asks_for_is_kept) {
  auto busy = answer(429);
  busy.retry_after = 7s;
  flow.save(document(1), start);
  flow.take();
  flow.answered(busy, start);
  BOOST_TEST((flow.due() == start + 7s));
  // A newer document is not sent earlier either.
  flow.save(document(2), start + 1s);
  BOOST_TEST((flow.due() == start + 7s));
}

BOOST_AUTO_TEST_CASE(a_lasting_failure_is_logged_once) {
  unsigned warnings = 0;
  auto now = start;
  flow.save(document(1), now);
  for (int i = 0; i < 20; ++i) {
    now = *flow.due();
    flow.take();
    warnings += flow.answered(answer(503, "busy"), now).trouble.empty() ? 0 : 1;
  }
  BOOST_TEST(warnings == 1u);
  document_flow other;
  other.save(document(1), start);
  other.take();
  auto trouble =
      other.answered(answer(403, R"({"message":"no verb patch"})"), start)
          .trouble;
  BOOST_TEST(trouble ==
             "could not write the status; retrying: 403 no verb patch");
}

BOOST_AUTO_TEST_CASE(a_document_that_is_refused_is_sent_again_slowly) {
  struct row {
    int status;
    const char* body;
  };
  const row rows[] = {
      {400, R"({"message":"it is wrong"})"},
      {413, R"({"message":"it is wrong"})"},
      {422,
       R"({"message":"it is wrong","details":{"causes":[{"field":"x"}]}})"},
  };
  for (const auto& [status, body] : rows) {
    document_flow each;
    each.save(document(1), start);
    each.take();
    auto outcome = each.answered(answer(status, body), start);
    BOOST_TEST(outcome.trouble ==
               "the API server rejected the status; retrying: " +
                   std::to_string(status) + " it is wrong");
    BOOST_TEST((outcome.failed_with == status)); // for the metric
    BOOST_TEST((*each.due() - start == refused_delay(1, "uid")));
    auto later = *each.due();
    each.take();
    // The log is told once of each refusal.
    BOOST_TEST(each.answered(answer(status, body), later).trouble.empty());
    BOOST_TEST((*each.due() - later == refused_delay(2, "uid")));
    each.save(document(2), later);
    BOOST_TEST((each.due() == later)); // a newer one may be taken
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_does_not_drop_the_document_that_came_after) {
  flow.save(document(1), start);
  flow.take();
  flow.save(document(2), start);
  flow.answered(answer(400, "bad"), start);
  BOOST_TEST_REQUIRE(flow.due().has_value());
  flow.take();
  BOOST_TEST(flow.answered(stored_as("uid", "12"), start).stored->revision ==
             2u);
}

BOOST_AUTO_TEST_CASE(a_conflict_is_read_and_the_write_repeated) {
  flow.save(document(1, urgent, 5), start);
  flow.take();
  auto outcome = flow.answered(answer(409), start);
  BOOST_TEST(outcome.trouble.empty());
  BOOST_TEST(!outcome.failed_with);
  BOOST_TEST((flow.due() == start));
  auto read = flow.take();
  BOOST_TEST((read.verb == http_verb::get));
  flow.answered(stored_as("uid", "20", 5), start);
  BOOST_TEST((flow.due() == start));
  BOOST_TEST(guards_version(flow.take(), "20"));
}

BOOST_AUTO_TEST_CASE(repeated_conflicts_back_off) {
  flow.save(document(1), start);
  auto now = start;
  std::vector<std::chrono::nanoseconds> waits;
  for (int i = 0; i < 3; ++i) {
    flow.take();
    flow.answered(answer(409), now);
    flow.take();
    flow.answered(stored_as("uid", std::to_string(20 + i)), now);
    waits.push_back(*flow.due() - now);
    now = *flow.due();
  }
  BOOST_TEST((waits[0] == 0ns));
  BOOST_TEST((waits[1] >= 50ms));
  BOOST_TEST((waits[2] >= 100ms));
  // A successful write ends the series.
  flow.take();
  flow.answered(stored_as("uid", "30"), now);
  flow.save(document(2), now);
  flow.take();
  flow.answered(answer(409), now);
  flow.take();
  flow.answered(stored_as("uid", "31"), now);
  BOOST_TEST((flow.due() == now));
}

BOOST_AUTO_TEST_CASE(what_the_read_finds_decides) {
  struct row {
    const char* name;
    int refused_with;
    api_response found;
    bool vanished;
    bool retried;
    bool logged;
  };
  const row rows[] = {
      {"it changed", 409, stored_as("uid", "20", 4), false, true, false},
      {"our own lost write", 409, stored_as("uid", "20", 5), false, true,
       false},
      {"longer history", 409, stored_as("uid", "20", 6), false, false, true},
      {"namesake", 409, stored_as("other", "20"), true, false, false},
      {"gone", 409, answer(404), true, false, false},
      {"namesake by uid", 422, stored_as("other", "20"), true, false, false},
      {"odd 422", 422, stored_as("uid", "20"), false, true, true},
      {"unreadable", 409, answer(200, "<html>"), false, true, false},
      {"down", 409, answer(503), false, true, false},
      {"forbidden", 409, answer(403), false, true, true},
  };
  for (const auto& [name, refused_with, found, vanished, retried, logged] :
       rows) {
    document_flow each;
    each.save(document(1, urgent, 5), start);
    each.take();
    each.answered(answer(refused_with), start);
    BOOST_TEST((each.take().verb == http_verb::get), name);
    auto outcome = each.answered(found, start);
    BOOST_TEST(outcome.vanished == vanished, name);
    BOOST_TEST(outcome.trouble.empty() == !logged, name);
    if (!vanished)
      BOOST_TEST(each.due().has_value() == retried, name);
  }
}

BOOST_AUTO_TEST_CASE(a_conflict_is_read_at_once_also_without_urgency) {
  flow.save(document(1, calm), start);
  flow.take();
  flow.answered(stored_as("uid", "11"), start + 2s);
  flow.save(document(2, calm), start + 3s);
  flow.take();
  flow.answered(answer(409), start + 7s);
  BOOST_TEST((flow.due() == start + 7s));
  BOOST_TEST((flow.take().verb == http_verb::get));
}

BOOST_AUTO_TEST_CASE(a_document_that_comes_during_the_read_takes_part) {
  flow.save(document(1, urgent, 5), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  flow.save(document(2, calm, 7), start);
  // Behind revision 1, but not behind revision 2.
  flow.answered(stored_as("uid", "20", 6), start);
  BOOST_TEST((flow.due() == start));
  BOOST_TEST(flow.urgent());
}

BOOST_AUTO_TEST_CASE(a_read_that_failed_is_read_again) {
  flow.save(document(1), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  flow.answered(answer(0), start);
  BOOST_TEST((flow.take().verb == http_verb::get));
}

BOOST_AUTO_TEST_CASE(a_missing_object_is_reported_vanished) {
  flow.save(document(1), start);
  flow.take();
  BOOST_TEST(flow.answered(answer(404), start).vanished);
}

BOOST_AUTO_TEST_SUITE_END()
