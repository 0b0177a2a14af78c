#include "actors/event_recorder/aggregation.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace locust;
using namespace std::chrono_literals;

namespace locust {

std::ostream& operator<<(std::ostream& out, correlation::verdict x) {
  const char* names[] = {"fresh", "raised", "repeated", "too_many"};
  return out << names[static_cast<size_t>(x)];
}

} // namespace locust

namespace {

using verdict = correlation::verdict;

constexpr monotonic_time start{std::chrono::hours(1)};

struct fixture {
  correlation correlate(const std::string& message, monotonic_time now = start,
                        const std::string& reason = "PodFailure",
                        const std::string& uid = "u") {
    publish_event event{severity::warning, reason, message, ++sequence};
    return memory.observe(
        {{"ns", "t"}, uid, event, at + (now - start) / 1us * 1us}, now);
  }

  aggregation memory;
  uint64_t sequence = 0;
  timestamp at = *parse_rfc3339("2026-11-23T18:00:00Z");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(aggregation_, fixture)

BOOST_AUTO_TEST_CASE(what_is_new_becomes_an_event) {
  auto result = correlate("pod a is in trouble");
  BOOST_TEST(result.what == verdict::fresh);
  BOOST_TEST_REQUIRE(result.event.has_value());
  BOOST_TEST(result.event->name == event_name("t", "u", 1, "PodFailure"));
  BOOST_TEST(result.event->message == "pod a is in trouble");
  BOOST_TEST(result.event->count == 1);
  BOOST_TEST((result.event->first == at));
  BOOST_TEST((result.event->last == at));
}

BOOST_AUTO_TEST_CASE(equal_occurrences_raise_the_count_of_the_first) {
  auto first = correlate("same");
  auto second = correlate("same", start + 9min);
  BOOST_TEST(second.what == verdict::raised);
  BOOST_TEST(second.event->name == first.event->name);
  BOOST_TEST(second.event->count == 2);
  BOOST_TEST((second.event->first == at));
  BOOST_TEST((second.event->last == at + 9min));
  // Ten minutes after the latest, not after the first.
  BOOST_TEST(correlate("same", start + 18min).event->count == 3);
}

BOOST_AUTO_TEST_CASE(after_ten_quiet_minutes_it_is_an_event_of_its_own) {
  auto first = correlate("same");
  auto second = correlate("same", start + 10min + 1s);
  BOOST_TEST(second.what == verdict::fresh);
  BOOST_TEST(second.event->name != first.event->name);
  BOOST_TEST(second.event->count == 1);
}

BOOST_AUTO_TEST_CASE(a_repeated_occurrence_changes_nothing) {
  correlate("same");
  --sequence;
  auto again = correlate("same", start + 1s);
  BOOST_TEST(again.what == verdict::repeated);
  BOOST_TEST(!again.event.has_value());
  BOOST_TEST(correlate("same", start + 2s).event->count == 2);
}

BOOST_AUTO_TEST_CASE(events_of_different_kind_or_test_are_kept_apart) {
  correlate("same");
  BOOST_TEST(correlate("same", start, "TestFailed").what == verdict::fresh);
  BOOST_TEST(correlate("same", start, "PodFailure", "u2").what ==
             verdict::fresh);
  publish_event normal{severity::normal, "PodFailure", "same", 99};
  BOOST_TEST(memory.observe({{"ns", "t"}, "u", normal, at}, start).what ==
             verdict::fresh);
}

BOOST_AUTO_TEST_CASE(many_similar_ones_share_an_event_from_the_eleventh_on) {
  for (int i = 1; i <= 10; ++i)
    BOOST_TEST(correlate("pod " + std::to_string(i)).what == verdict::fresh);
  auto eleventh = correlate("pod 11");
  BOOST_TEST(eleventh.what == verdict::fresh);
  BOOST_TEST(eleventh.event->message ==
             "(combined from similar events): pod 11");
  auto twelfth = correlate("pod 12");
  BOOST_TEST(twelfth.what == verdict::raised);
  BOOST_TEST(twelfth.event->name == eleventh.event->name);
  BOOST_TEST(twelfth.event->count == 2);
  BOOST_TEST(twelfth.event->message ==
             "(combined from similar events): pod 12");
  // An occurrence with a separate Event keeps it.
  auto known = correlate("pod 3");
  BOOST_TEST(known.what == verdict::raised);
  BOOST_TEST(known.event->message == "pod 3");
  // Another reason is not similar.
  BOOST_TEST(correlate("pod 13", start, "CreateFailed").event->message ==
             "pod 13");
  // Nor is it similar after ten minutes without occurrences.
  BOOST_TEST(correlate("pod 14", start + 11min).event->message == "pod 14");
}

BOOST_AUTO_TEST_CASE(each_test_has_a_share_of_events) {
  int published = 0;
  for (int i = 0; i < 40; ++i)
    published += correlate("same").event.has_value() ? 1 : 0;
  BOOST_TEST(published == 25);
  BOOST_TEST(correlate("same").what == verdict::too_many);
  BOOST_TEST(correlate("same", start, "PodFailure", "other").what ==
             verdict::fresh);
  BOOST_TEST(correlate("same", start + 4min + 59s).what == verdict::too_many);
  // Unpublished occurrences still count.
  auto later = correlate("same", start + 5min);
  BOOST_TEST(later.what == verdict::raised);
  BOOST_TEST(later.event->count == 43);
  BOOST_TEST(correlate("same", start + 5min).what == verdict::too_many);
  int after_a_day = 0;
  for (int i = 0; i < 40; ++i)
    after_a_day += correlate("same", start + 24h).event.has_value() ? 1 : 0;
  BOOST_TEST(after_a_day == 25);
}

BOOST_AUTO_TEST_CASE(messages_are_truncated_and_repaired) {
  auto result = correlate(std::string(3000, 'x'));
  BOOST_TEST(result.event->message.size() == 1024u);
  BOOST_TEST(correlate("bad \xff byte").event->message == "bad ? byte");
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_forgotten_events_start_again) {
  correlate("first");
  for (size_t i = 0; i < aggregation::memory; ++i)
    correlate("same", start, "PodFailure", "u" + std::to_string(i));
  BOOST_TEST(correlate("first", start + 1s).what == verdict::fresh);
}

BOOST_AUTO_TEST_SUITE_END()
