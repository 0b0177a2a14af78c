#include "test/unit/api_watcher/reflector_player.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace locust::test;
using namespace locust::watcher;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(trouble_suite)

BOOST_AUTO_TEST_CASE(trouble_and_recovery_are_reported_once) {
  player p;
  p.answer_list(0, {}, "connection refused");
  BOOST_REQUIRE(p.trouble() != nullptr);
  p.due();
  // Other words, same trouble.
  p.answer_list(0, {}, "connection refused after 3 ms");
  BOOST_TEST(p.trouble() == nullptr);
  p.due();
  p.list(list_of({}, "10"));
  BOOST_TEST(p.trouble() == nullptr);
  p.open();
  BOOST_REQUIRE(p.trouble() != nullptr);
  BOOST_TEST(p.trouble()->sentence.empty());
  p.pass(5min);
  p.close();
  p.open();
  BOOST_TEST(p.trouble() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_different_trouble_is_reported) {
  player p;
  p.answer_list(0, {}, "connection refused");
  p.due();
  p.answer_list(403, status_body(403, "Forbidden", "no"));
  BOOST_REQUIRE(p.trouble() != nullptr);
  BOOST_TEST(p.trouble()->status == 403);
  p.due();
  // Now the list is permitted, but the watch is not.
  p.list(list_of({}, "10"));
  p.close(403, status_body(403, "Forbidden", "no"));
  BOOST_REQUIRE(p.trouble() != nullptr);
  BOOST_TEST(contains(p.trouble()->sentence, "watch"));
}

BOOST_AUTO_TEST_CASE(a_missing_crd_is_retried_every_few_seconds) {
  player p(watched_kind::locust_tests);
  p.answer_list(404, "404 page not found\n");
  BOOST_REQUIRE(p.trouble() != nullptr);
  BOOST_TEST(contains(p.trouble()->sentence, "locusttests.locust.io"));
  BOOST_TEST(
      contains(p.trouble()->sentence, "deploy/crd/locusttests.locust.io.yaml"));
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST((p.delay() >= 800ms && p.delay() <= 5s));
    p.due();
    p.answer_list(404, "404 page not found\n");
    BOOST_TEST(p.trouble() == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(a_crd_that_was_removed_leaves_its_objects_as_they_are) {
  player p(watched_kind::locust_tests);
  p.list(list_of({job("a", "3")}, "10"));
  p.close(404, "404 page not found\n");
  BOOST_TEST(p.told().empty());
  p.due();
  p.answer_list(404, "404 page not found\n");
  BOOST_TEST(p.told().empty());
  BOOST_TEST(p.core.known() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_missing_permission) {
  status_object said;
  said.reason = "Forbidden";
  said.message = "jobs.batch is forbidden: User \"u\" cannot watch";
  api_response from;
  from.status = 403;
  auto words =
      describe_trouble({watched_kind::jobs}, list_or_watch::watch, from, said);
  for (const auto* part :
       {"User \"u\" cannot watch", "verb 'watch'", "resource 'jobs'",
        "API group 'batch'", "ClusterRole"})
    BOOST_TEST(contains(words.sentence, part), words.sentence);
  auto in_one = describe_trouble({watched_kind::pods, "perf"},
                                 list_or_watch::list, from, {});
  for (const auto* part : {"verb 'list'", "resource 'pods'", "API group ''",
                           "a Role in namespace perf"})
    BOOST_TEST(contains(in_one.sentence, part), in_one.sentence);
}

BOOST_AUTO_TEST_CASE(each_answer_has_a_sentence_with_its_cause) {
  struct row {
    int status;
    const char* failure;
    const char* message;
    const char* expected;
  };
  for (const auto& [status, failure, message, expected] :
       {row{0, "cannot connect to 10.96.0.1 port 443", "",
            "cannot connect to 10.96.0.1 port 443"},
        row{200, "not valid JSON at byte 7", "", "not valid JSON at byte 7"},
        row{401, "", "Unauthorized", "credentials"},
        row{404, "", "no such thing", "404"},
        row{500, "", "etcdserver: no leader", "etcdserver: no leader"}}) {
    status_object said;
    said.message = message;
    api_response from;
    from.status = status;
    from.failure = failure;
    auto words =
        describe_trouble({watched_kind::pods}, list_or_watch::list, from, said);
    BOOST_TEST(contains(words.sentence, expected), words.sentence);
    BOOST_TEST(contains(words.sentence, "list pods"), words.sentence);
  }
}

BOOST_AUTO_TEST_SUITE_END()
