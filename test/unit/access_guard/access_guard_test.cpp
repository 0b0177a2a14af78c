#include "actors/access_guard/access_guard.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using test::answer;
using kind = access_verdict::kind;

namespace {

constexpr auto somebody =
    R"({"status":{"authenticated":true,"user":{"username":"system:x","uid":"u",)"
    R"("groups":["a","b"],"extra":{"k":["v"]}}}})";
constexpr auto nobody = R"({"status":{"authenticated":false}})";
constexpr auto may = R"({"status":{"allowed":true}})";
constexpr auto may_not = R"({"status":{"allowed":false,"reason":"no"}})";

bool is_about(const access_guard::step& next, const char* reviews) {
  return next.send && next.send->target.find(reviews) != std::string::npos;
}

struct fixture {
  access_guard::step ask(std::string token = "t") {
    return guard.ask(++id, std::move(token), "/metrics", "get", now);
  }

  access_guard::step tell(int status, std::string body) {
    return guard.answered(id, answer(status, std::move(body)), now);
  }

  /// Asks, answers all requests and counts them.
  kind settle(const std::string& token, const char* who, const char* verdict) {
    auto next = ask(token);
    for (requests = 0; next.send; ++requests)
      next = tell(201, is_about(next, "/tokenreviews") ? who : verdict);
    BOOST_TEST_REQUIRE(next.verdict.has_value());
    return next.verdict->what;
  }

  access_guard guard;
  monotonic_time now{1h};
  uint64_t id = 0;
  int requests = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(access_guard_, fixture)

BOOST_AUTO_TEST_CASE(a_token_review_precedes_the_access_review) {
  auto next = ask("abc");
  BOOST_TEST_REQUIRE(is_about(next, "/apis/authentication.k8s.io/v1/tokenrev"));
  BOOST_TEST((next.send->verb == http_verb::post));
  BOOST_TEST((next.send->deadline == 10s));
  BOOST_TEST(*next.send->body ==
             R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",)"
             R"("spec":{"token":"abc"}})");
  next = tell(201, somebody);
  BOOST_TEST_REQUIRE(is_about(next, "/apis/authorization.k8s.io/v1/subjectac"));
  BOOST_TEST(*next.send->body ==
             R"({"apiVersion":"authorization.k8s.io/v1",)"
             R"("kind":"SubjectAccessReview","spec":{"user":"system:x",)"
             R"("uid":"u","groups":["a","b"],"extra":{"k":["v"]},)"
             R"("nonResourceAttributes":{"path":"/metrics","verb":"get"}}})");
  next = tell(201, may);
  BOOST_TEST((next.verdict == access_verdict{kind::allowed, "system:x"}));
  BOOST_TEST(guard.open_questions() == 0u);
}

BOOST_AUTO_TEST_CASE(a_denial_names_the_user) {
  ask();
  tell(201, somebody);
  auto next = tell(201, may_not);
  BOOST_TEST((next.verdict == access_verdict{kind::denied, "system:x"}));
}

BOOST_AUTO_TEST_CASE(a_denial_outweighs_a_permission) {
  ask();
  tell(201, somebody);
  auto next = tell(201, R"({"status":{"allowed":true,"denied":true}})");
  BOOST_TEST((next.verdict->what == kind::denied));
}

BOOST_AUTO_TEST_CASE(an_unauthenticated_token_is_unknown) {
  ask();
  auto next = tell(201, nobody);
  BOOST_TEST((next.verdict == access_verdict{kind::unknown, ""}));
}

BOOST_AUTO_TEST_CASE(answers_are_cached_for_their_time) {
  BOOST_TEST((settle("t", somebody, may) == kind::allowed));
  BOOST_TEST(requests == 2);
  now += 59s;
  BOOST_TEST((settle("t", somebody, may) == kind::allowed));
  BOOST_TEST(requests == 0);
  now += 1s; // the token is a minute old, the permission good for five
  BOOST_TEST((settle("t", somebody, may) == kind::allowed));
  BOOST_TEST(requests == 1);
  now += 4min;
  BOOST_TEST((settle("t", somebody, may_not) == kind::denied));
  BOOST_TEST(requests == 2);
  now += 29s;
  BOOST_TEST((settle("t", somebody, may) == kind::denied));
  BOOST_TEST(requests == 0);
  now += 1s;
  BOOST_TEST((settle("t", somebody, may) == kind::allowed));
  BOOST_TEST(requests == 1);
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_accepted_for_a_minute_at_most) {
  settle("t", somebody, may);
  now += 1min;
  BOOST_TEST((settle("t", nobody, may) == kind::unknown));
  now += 59s;
  BOOST_TEST((settle("t", somebody, may) == kind::unknown));
  BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(rejected_tokens_do_not_evict_those_of_users) {
  settle("t", somebody, may);
  for (int i = 0; i < 5000; ++i)
    BOOST_TEST_REQUIRE(
        (settle("bad" + std::to_string(i), nobody, may) == kind::unknown));
  BOOST_TEST((settle("t", somebody, may) == kind::allowed));
  BOOST_TEST(requests == 0);
  // They evict each other: memory is bounded.
  settle("bad0", nobody, may);
  BOOST_TEST(requests == 1);
}

BOOST_AUTO_TEST_CASE(transient_failures_are_retried_five_times) {
  for (int status : {0, 302, 408, 429, 500, 503}) {
    auto next = ask(std::to_string(status));
    std::chrono::milliseconds paused{0};
    int attempts = 1;
    for (next = tell(status, "busy"); next.pause; next = tell(status, "busy")) {
      BOOST_TEST_REQUIRE(is_about(guard.retry(id), "/tokenreviews"));
      paused += *next.pause;
      ++attempts;
    }
    BOOST_TEST(attempts == 5);
    BOOST_TEST((paused > 4000ms && paused < 4100ms)); // 500 ms, each 1.5 times
    BOOST_TEST((next.verdict == access_verdict{kind::unauthenticated, ""}));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_after_a_failure_counts) {
  ask();
  BOOST_TEST((tell(500, "busy").pause == 500ms));
  guard.retry(id);
  BOOST_TEST(is_about(tell(201, somebody), "/subjectaccessreviews"));
  BOOST_TEST((tell(0, "").pause == 500ms));
  BOOST_TEST(is_about(guard.retry(id), "/subjectaccessreviews"));
  BOOST_TEST((tell(201, may).verdict->what == kind::allowed));
}

BOOST_AUTO_TEST_CASE(a_missing_permission_is_logged_once) {
  ask();
  auto next = tell(403, R"({"message":"user o cannot create"})");
  BOOST_TEST((next.verdict->what == kind::unauthenticated));
  for (const char* words : {"tokenreviews.authentication.k8s.io",
                            "403 user o cannot create", "'create'"})
    BOOST_TEST(next.trouble.find(words) != std::string::npos, next.trouble);
  ask();
  BOOST_TEST(tell(403, R"({"message":"user o cannot create"})").trouble == "");
  ask();
  tell(201, somebody);
  next = tell(403, "no");
  BOOST_TEST((next.verdict == access_verdict{kind::undecided, "system:x"}));
  BOOST_TEST(next.trouble.find("subjectaccessreviews") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_leaves_it_undecided) {
  for (const char* body :
       {"", "{", "[]", "{}", R"({"status":{"authenticated":true}})",
        R"({"status":{"authenticated":true,"user":{"username":""}}})"}) {
    ask();
    auto next = tell(201, body);
    BOOST_TEST((next.verdict->what == kind::unauthenticated), body);
  }
  for (const char* body : {"", "{}", R"({"status":{"allowed":"yes"}})"}) {
    ask("u");
    if (guard.open_questions() == 1)
      tell(201, somebody);
    auto next = tell(201, body);
    BOOST_TEST((next.verdict->what == kind::undecided), body);
    now += 2min;
  }
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_only_cached_answers_count) {
  settle("t", somebody, may);
  for (size_t i = 0; i < access_guard::most_open; ++i)
    BOOST_TEST_REQUIRE(ask("bad" + std::to_string(i)).send.has_value());
  BOOST_TEST((ask("t").verdict->what == kind::allowed));
  BOOST_TEST((ask("new").verdict == access_verdict{kind::unauthenticated, ""}));
  BOOST_TEST(guard.open_questions() == access_guard::most_open);
  --id;
  --id; // the last one that it took
  tell(201, nobody);
  BOOST_TEST(ask("new").send.has_value());
}

BOOST_AUTO_TEST_CASE(a_token_with_any_bytes_gives_a_valid_review) {
  auto next = ask("a\"\\\xff\n");
  auto sent = json::parse(*next.send->body);
  BOOST_TEST_REQUIRE(sent.has_value());
  BOOST_TEST(json::text_at(*sent, {"spec", "token"}) == "a\"\\?\n");
}

BOOST_AUTO_TEST_CASE(unexpected_answers_are_ignored) {
  auto next = guard.answered(7, answer(201, somebody), now);
  BOOST_TEST((!next.send && !next.pause && !next.verdict));
  next = guard.retry(7);
  BOOST_TEST((!next.send && !next.pause && !next.verdict));
}

BOOST_AUTO_TEST_SUITE_END()
