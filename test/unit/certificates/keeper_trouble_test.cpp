#include "keeper_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using std::chrono::days;
using test::configuration_path;
using test::crd_path;
using test::replica;
using test::secret_path;

namespace {

auto refusing(http_verb verb, std::string part, int status) {
  return [verb, part, status](const api_request& x) {
    return x.verb == verb && x.target.find(part) != std::string::npos ? status
                                                                      : 200;
  };
}

struct right {
  http_verb verb;
  const char* part; ///< of the path
  const char* words;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_trouble_, test::keeper_fixture)

BOOST_AUTO_TEST_CASE(each_missing_permission_is_logged_once) {
  for (const auto& [verb, part, words] : std::initializer_list<right>{
           {http_verb::get, "/secrets/certs",
            "verb 'get' on resource 'secrets'"},
           {http_verb::post, "/secrets", "verb 'create' on resource 'secrets'"},
           {http_verb::get, "/customresource",
            "verb 'get' on resource 'customresourcedefinitions'"},
           {http_verb::json_patch, "/customresource",
            "verb 'patch' on resource 'customresourcedefinitions'"},
           {http_verb::get, "/validating",
            "verb 'get' on resource 'validatingwebhookconfigurations'"},
           {http_verb::json_patch, "/validating",
            "verb 'patch' on resource 'validatingwebhookconfigurations'"}}) {
    test::keeper_fixture other;
    other.cluster.refuse = refusing(verb, part, 403);
    other.live(other.one, 10min);
    BOOST_TEST(other.one.said_with("not permitted") == 1u, words);
    BOOST_TEST(other.one.said_with(words) == 1u, words);
    other.cluster.refuse = nullptr;
    other.live(other.one, 2min);
    BOOST_TEST(other.one.said_with("the problem is resolved") == 1u, words);
    BOOST_TEST_REQUIRE(other.one.served.size() >= 1u);
    BOOST_TEST(other.trusted(other.one.served.back()), words);
  }
}

BOOST_AUTO_TEST_CASE(without_permission_to_update_the_current_pair_is_served) {
  one.reconcile(now);
  pass(days(300));
  cluster.refuse = refusing(http_verb::put, "/secrets", 403);
  replica two(cluster, 2);
  live(two, 10min);
  BOOST_TEST_REQUIRE(two.served.size() == 1u);
  BOOST_TEST((two.served[0] == one.served[0]));
  BOOST_TEST(two.said_with("verb 'update' on resource 'secrets' in API group "
                           "'' with resourceName 'certs'") == 1u);
}

BOOST_AUTO_TEST_CASE(an_existing_secret_is_served_whatever_else_is_forbidden) {
  one.reconcile(now);
  for (auto status : {403, 401, 500, 0}) {
    replica two(cluster, 2);
    cluster.refuse = [status](const api_request& x) {
      return x.target == secret_path ? 200 : status;
    };
    live(two, 3min);
    BOOST_TEST(two.served.size() == 1u, status);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_created_before_the_hosts_are_known) {
  cluster.refuse = refusing(http_verb::get, "/validating", 503);
  live(one, 5min);
  BOOST_TEST(!cluster.objects.contains(secret_path));
  BOOST_TEST(one.said_with("503") == 1u);
  cluster.refuse = nullptr;
  live(one, 1min);
  BOOST_TEST(cluster.count(http_verb::post) == 1u);
  BOOST_TEST(trusted(one.served.back()));
}

BOOST_AUTO_TEST_CASE(retry_after_is_honoured) {
  certificate_keeper keeper({.service = {"ns", "hook"},
                             .secret_name = "certs",
                             .configuration_name = "webhooks"});
  keeper.begin(now);
  auto busy = test::answer(429, "busy");
  busy.retry_after = 40s;
  auto step = keeper.answered(busy, now);
  while (step.request)
    step = keeper.answered(test::answer(503), now);
  BOOST_TEST((step.again_in == 40s));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_read_does_not_make_hosts_vanish) {
  live(one, 5min);
  cluster.refuse = refusing(http_verb::get, "/validating", 0);
  live(one, 5min);
  cluster.refuse = nullptr;
  live(one, 5min);
  BOOST_TEST(one.served.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unreadable_changed_place_keeps_its_hosts) {
  live(one, 5min);
  cluster.set(configuration_path, "/metadata/annotations/a", "b");
  cluster.remove(secret_path);
  cluster.refuse = [](const api_request& x) {
    return x.target == configuration_path && x.accept.empty() ? 500 : 200;
  };
  live(one, 5min);
  BOOST_TEST(!cluster.objects.contains(secret_path));
  cluster.refuse = nullptr;
  live(one, 2min);
  BOOST_TEST(trusted(stored()));
  BOOST_TEST(cluster.count(http_verb::post) == 2u);
}

BOOST_AUTO_TEST_CASE(without_an_api_server_it_tries_ever_more_slowly) {
  cluster.refuse = [](const api_request&) {
    return 0;
  };
  one.reconcile(now);
  BOOST_TEST((one.again_in() < 100ms));
  live(one, 10min);
  BOOST_TEST((one.again_in() >= 30s));
  BOOST_TEST(one.said.size() == 3u); // one for each object
  cluster.refuse = nullptr;
  live(one, 1min);
  BOOST_TEST(one.served.size() == 1u);
}

BOOST_AUTO_TEST_CASE(permanent_failures_are_retried_every_minute) {
  cluster.refuse = refusing(http_verb::post, "/secrets", 403);
  one.reconcile(now);
  BOOST_TEST((one.again_in() >= 5s));
  live(one, 1h);
  BOOST_TEST((one.again_in() >= 60s));
  BOOST_TEST((one.again_in() <= 75s));
}

BOOST_AUTO_TEST_CASE(a_missing_namespace_is_logged) {
  cluster.refuse = refusing(http_verb::post, "/secrets", 404);
  live(one, 5min);
  BOOST_TEST(one.said_with("answered 404 to create Secret \"ns/certs\"") == 1u);
}

BOOST_AUTO_TEST_CASE(a_conflicting_patch_is_retried) {
  one.begin(now);
  while (cluster.count(http_verb::post) == 0)
    one.step(now);
  // Both are changed between its read and its patch.
  cluster.set(crd_path, "/metadata/annotations/a", "b");
  cluster.set(configuration_path, "/metadata/annotations/a", "b");
  while (one.step(now))
    continue;
  BOOST_TEST(crd_bundle() == "");
  BOOST_TEST((one.again_in() < 100ms));
  live(one, 1s);
  BOOST_TEST(trusted(one.served.back()));
  BOOST_TEST(cluster.text_at(crd_path, "/metadata/annotations/a") == "b");
  BOOST_TEST(one.said_with("409") == 0u);
}

BOOST_AUTO_TEST_CASE(an_untrusted_pair_does_not_replace_a_working_one) {
  live(one, 5min);
  auto before = one.served.back();
  cluster.refuse = refusing(http_verb::json_patch, "/validating", 403);
  cluster.remove(secret_path);
  live(one, 5min);
  pass(days(1));
  cluster.requests.clear();
  live(one, 10min);
  BOOST_TEST((one.served.back() == before));
  BOOST_TEST(cluster.requests.size() <= 4u * 11); // no faster than the interval
  cluster.refuse = nullptr;
  live(one, 2min);
  BOOST_TEST((one.served.back() == stored()));
  BOOST_TEST(trusted(stored()));
}

BOOST_AUTO_TEST_CASE(an_expired_pair_is_replaced_by_an_untrusted_one) {
  live(one, 5min);
  cluster.refuse = refusing(http_verb::json_patch, "/validating", 403);
  cluster.remove(secret_path);
  live(one, 5min);
  BOOST_TEST(one.served.size() == 1u);
  pass(days(365));
  live(one, 5min);
  BOOST_TEST(one.served.back().certificate == stored().certificate);
}

BOOST_AUTO_TEST_CASE(replicas_reconcile_at_different_times) {
  replica two(cluster, 2);
  std::set<std::chrono::milliseconds> delays;
  for (int i = 0; i < 10; ++i) {
    one.reconcile(now);
    two.reconcile(now);
    delays.insert(one.again_in());
    delays.insert(two.again_in());
  }
  BOOST_TEST(delays.size() > 15u);
  BOOST_TEST((*delays.begin() >= 60s));
  BOOST_TEST((*delays.rbegin() <= 75s));
}

BOOST_AUTO_TEST_SUITE_END()
