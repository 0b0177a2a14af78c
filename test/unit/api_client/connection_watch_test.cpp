#include "actors/api_client/connection_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

constexpr silence_limits limits{4s, 10s};

using step = connection_watch::step;

monotonic_time at(std::chrono::milliseconds since_start) {
  return monotonic_time{} + 1h + since_start;
}

/// A connection that is put to use at second 0.
connection_watch in_use() {
  connection_watch watch{limits};
  watch.heard(at(0s));
  return watch;
}

} // namespace

BOOST_AUTO_TEST_SUITE(watching_a_connection)

BOOST_AUTO_TEST_CASE(the_default_notices_a_dead_connection_within_15_s) {
  silence_limits used;
  BOOST_TEST((used.before_question + used.after_question < 15s));
}

BOOST_AUTO_TEST_CASE(silence_leads_to_one_question_and_then_to_the_end) {
  auto watch = in_use();
  BOOST_TEST((watch.due() == at(4s)));
  BOOST_TEST((watch.next(at(3999ms)) == step::none));
  BOOST_TEST((watch.next(at(4s)) == step::ask));
  BOOST_TEST((watch.due() == at(14s)));
  BOOST_TEST((watch.next(at(13999ms)) == step::none));
  BOOST_TEST((watch.next(at(14s)) == step::give_up));
}

BOOST_AUTO_TEST_CASE(an_answer_begins_a_new_silence) {
  auto watch = in_use();
  BOOST_TEST((watch.next(at(4s)) == step::ask));
  // Slow: it takes almost all the time that there is.
  watch.heard(at(13s));
  watch.answered();
  BOOST_TEST((watch.next(at(14s)) == step::none));
  BOOST_TEST((watch.next(at(17s)) == step::ask));
}

BOOST_AUTO_TEST_CASE(other_bytes_count_although_the_question_has_no_answer) {
  auto watch = in_use();
  BOOST_TEST((watch.next(at(4s)) == step::ask));
  for (auto t = 5s; t < 60s; t += 9s) {
    BOOST_TEST((watch.next(at(t)) == step::none));
    watch.heard(at(t));
  }
  BOOST_TEST((watch.due() == at(69s)));
  BOOST_TEST((watch.next(at(69s)) == step::give_up));
}

BOOST_AUTO_TEST_CASE(after_a_freeze_the_server_is_asked_before_it_is_blamed) {
  auto watch = in_use();
  BOOST_TEST((watch.next(at(600s)) == step::ask));
  BOOST_TEST((watch.next(at(601s)) == step::none));
}

BOOST_AUTO_TEST_SUITE_END()
