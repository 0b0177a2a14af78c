#include "actors/status_writer/write_plan.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

status_document document(const std::string& uid, uint64_t revision,
                         bool urgent = true) {
  status_document made;
  made.test = {"ns", "test-" + uid};
  made.test_uid = uid;
  made.resource_version = "1";
  made.revision = revision;
  made.urgent = urgent;
  made.document = std::make_shared<const std::string>("{}");
  made.end = {revision, {}};
  return made;
}

api_response stored(const std::string& uid) {
  return answer(200, R"({"metadata":{"uid":")" + uid +
                         R"(","resourceVersion":"2"}})");
}

} // namespace

BOOST_AUTO_TEST_SUITE(write_plan_)

BOOST_AUTO_TEST_CASE(each_test_has_its_own_turn) {
  write_plan plan;
  plan.save(document("a", 1), start);
  plan.save(document("b", 1, false), start);
  auto first = plan.due(start);
  BOOST_TEST_REQUIRE(first.size() == 1u);
  BOOST_TEST(first[0].test_uid == "a");
  BOOST_TEST((plan.wakes_at() == start + 2s));
  BOOST_TEST(plan.due(start + 1999ms).empty());
  auto second = plan.due(start + 2s);
  BOOST_TEST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].test_uid == "b");
  BOOST_TEST(!plan.wakes_at().has_value());
  BOOST_TEST(!plan.idle());
  plan.answered("b", stored("b"), start + 2s);
  plan.answered("a", stored("a"), start + 2s);
  BOOST_TEST(plan.idle());
}

BOOST_AUTO_TEST_CASE(the_number_of_writes_under_way_is_bounded) {
  write_plan plan;
  for (size_t i = 0; i < 3 * write_plan::most_in_flight; ++i)
    plan.save(document("u" + std::to_string(i), 1), start);
  auto first = plan.due(start);
  BOOST_TEST(first.size() == write_plan::most_in_flight);
  BOOST_TEST(plan.due(start).empty());
  // An answer will arrive, so no timer is needed.
  BOOST_TEST(!plan.wakes_at().has_value());
  plan.answered(first[0].test_uid, stored("u0"), start);
  BOOST_TEST(plan.due(start).size() == 1u);
}

BOOST_AUTO_TEST_CASE(urgent_documents_precede_older_low_priority_ones) {
  write_plan plan;
  for (size_t i = 0; i < write_plan::most_in_flight; ++i)
    plan.save(document("calm" + std::to_string(i), 1, false), start);
  plan.save(document("urgent", 1), start + 10s);
  auto steps = plan.due(start + 10s);
  BOOST_TEST_REQUIRE(!steps.empty());
  BOOST_TEST(steps[0].test_uid == "urgent");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_for_a_forgotten_test) {
  write_plan plan;
  plan.save(document("waits", 1, false), start);
  plan.save(document("flies", 1), start);
  BOOST_TEST(plan.due(start).size() == 1u);
  plan.save(document("flies", 2), start);
  plan.forget("waits");
  plan.forget("flies");
  plan.forget("never seen");
  BOOST_TEST(!plan.idle());
  auto outcome = plan.answered("flies", stored("flies"), start);
  BOOST_TEST(!outcome.stored.has_value());
  BOOST_TEST(plan.idle());
  BOOST_TEST(plan.due(start + 1h).empty());
}

BOOST_AUTO_TEST_CASE(a_test_that_returns_is_not_written_twice) {
  write_plan plan;
  plan.save(document("u", 1), start);
  plan.due(start);
  plan.forget("u");
  plan.save(document("u", 2), start);
  BOOST_TEST(plan.due(start).empty());
  plan.answered("u", stored("u"), start);
  BOOST_TEST(plan.due(start).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_vanished_test_is_forgotten) {
  write_plan plan;
  plan.save(document("u", 1), start);
  plan.due(start);
  plan.save(document("u", 2), start);
  BOOST_TEST(plan.answered("u", answer(404), start).vanished);
  BOOST_TEST(plan.idle());
}

BOOST_AUTO_TEST_CASE(answers_to_nothing_change_nothing) {
  write_plan plan;
  plan.answered("nobody", stored("nobody"), start);
  plan.save(document("u", 1, false), start);
  plan.answered("u", stored("u"), start);
  BOOST_TEST(plan.in_flight() == 0u);
  BOOST_TEST(!plan.idle());
}

BOOST_AUTO_TEST_CASE(after_a_flush_nothing_is_held_back) {
  write_plan plan;
  plan.save(document("calm", 1, false), start);
  plan.save(document("failed", 1), start);
  plan.due(start);
  plan.answered("failed", answer(403), start);
  plan.flush(start + 1ms);
  BOOST_TEST(plan.due(start + 1ms).size() == 2u);
  plan.save(document("late", 1, false), start + 2ms);
  BOOST_TEST(plan.due(start + 2ms).size() == 1u);
}

namespace {

/// An API server that loses answers, is busy, rejects writes and changes
/// metadata as determined by a seeded generator, and checks the requests that
/// reach it.
class faulty_server {
public:
  explicit faulty_server(unsigned seed) : random_(seed) {
    // nop
  }

  struct object {
    unsigned version = 1;
    std::string document = "{}";
  };

  unsigned dice(unsigned sides) {
    return std::uniform_int_distribution<unsigned>(0, sides - 1)(random_);
  }

  /// From now on it answers immediately and successfully.
  void recover() {
    calm_ = true;
  }

  api_response answer_to(const write_step& step) {
    auto& o = objects[step.test_uid];
    auto mood = calm_ ? 0 : dice(10);
    if (mood == 1)
      return answer(0);
    if (mood == 2)
      return answer(dice(2) != 0 ? 429 : 503);
    if (mood == 3)
      return answer(403);
    if (mood == 4)
      ++o.version;
    auto response = step.request.verb == http_verb::get
                        ? answer(200, shown(step.test_uid))
                        : patch(step);
    return mood == 5 ? answer(0) : response;
  }

  std::map<std::string, object> objects;

private:
  std::string shown(const std::string& uid) {
    auto& o = objects[uid];
    return R"({"metadata":{"uid":")" + uid + R"(","resourceVersion":")" +
           std::to_string(o.version) + R"("},"status":)" + o.document + "}";
  }

  api_response patch(const write_step& step) {
    auto& o = objects[step.test_uid];
    auto body = json::parse(*step.request.body);
    BOOST_TEST_REQUIRE(body.has_value());
    BOOST_TEST(json::text_at((*body)[0], {"value"}) == step.test_uid);
    if (json::text_at((*body)[1], {"value"}) != std::to_string(o.version))
      return answer(409);
    auto document = json::dump(*json::find((*body)[2], {"value"}));
    if (document != o.document)
      ++o.version;
    o.document = document;
    return answer(200, shown(step.test_uid));
  }

  std::mt19937 random_;
  bool calm_ = false;
};

/// Random documents of a few tests and random answers, then recovery.
class random_run {
public:
  explicit random_run(unsigned seed) : server_(seed) {
    // nop
  }

  void play() {
    for (int i = 0; i < 400; ++i) {
      now_ += std::chrono::milliseconds(server_.dice(800));
      if (server_.dice(3) == 0)
        save();
      send();
      while (!flying_.empty() && server_.dice(2) == 0)
        land();
    }
    server_.recover();
    while (!plan_.idle()) {
      BOOST_TEST_REQUIRE((!flying_.empty() || plan_.wakes_at()));
      if (flying_.empty())
        now_ = std::max(now_, *plan_.wakes_at());
      send();
      while (!flying_.empty())
        land();
    }
    for (const auto& [uid, newest] : newest_) {
      BOOST_TEST(server_.objects[uid].document == newest);
      BOOST_TEST(reported_[uid] == revision_of_[uid]);
    }
  }

private:
  void save() {
    auto uid = "u" + std::to_string(server_.dice(3));
    auto d = document(uid, ++revision_, server_.dice(2) == 0);
    newest_[uid] = *d.document;
    revision_of_[uid] = revision_;
    plan_.save(std::move(d), now_);
  }

  void send() {
    for (auto& step : plan_.due(now_)) {
      for (const auto& [other, response] : flying_)
        BOOST_TEST_REQUIRE(other != step.test_uid);
      // The server handles it now; the answer arrives later.
      auto response = server_.answer_to(step);
      flying_.emplace_back(step.test_uid, response);
    }
  }

  void land() {
    auto [uid, response] = flying_.front();
    flying_.erase(flying_.begin());
    auto outcome = plan_.answered(uid, response, now_);
    BOOST_TEST(!outcome.vanished);
    if (!outcome.stored)
      return;
    BOOST_TEST(outcome.stored->revision >= reported_[uid]);
    reported_[uid] = outcome.stored->revision;
  }

  write_plan plan_;
  faulty_server server_;
  monotonic_time now_ = start;
  uint64_t revision_ = 0;
  std::vector<std::pair<std::string, api_response>> flying_;
  std::map<std::string, std::string> newest_;
  std::map<std::string, uint64_t> revision_of_;
  std::map<std::string, uint64_t> reported_;
};

} // namespace

BOOST_AUTO_TEST_CASE(whatever_happens_the_newest_document_ends_up_stored) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      random_run(seed).play();
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
