#include "keeper_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using std::chrono::days;
using test::configuration_path;
using test::crd_path;
using test::made_at;
using test::replica;
using test::secret_path;

BOOST_FIXTURE_TEST_SUITE(certificate_keeper_, test::keeper_fixture)

// -- creation and publication -------------------------------------------------

BOOST_AUTO_TEST_CASE(one_reconciliation_creates_publishes_and_serves) {
  one.reconcile(now);
  BOOST_TEST_REQUIRE(one.served.size() == 1u);
  BOOST_TEST((one.served[0] == stored()));
  BOOST_TEST(trusted(one.served[0]));
  BOOST_TEST(crd_bundle() == stored().authorities);
  BOOST_TEST(one.said_with("there is no Secret \"ns/certs\"") == 1u);
  BOOST_TEST(one.said_with("published") == 2u);
  BOOST_TEST(one.said_with("127.0.0.1, hook, hook.ns, hook.ns.svc, "
                           "hook.ns.svc.cluster.local; it is valid until "
                           "2027-11-23T17:00:00Z and will be renewed on "
                           "2027-07-25T01:00:00Z") == 1u);
  BOOST_TEST(one.said.size() == 4u);
}

BOOST_AUTO_TEST_CASE(it_is_served_after_it_is_published) {
  one.begin(now);
  while (one.served.empty() && one.step(now))
    continue;
  BOOST_TEST(trusted(stored()));
}

BOOST_AUTO_TEST_CASE(later_reconciliations_only_read) {
  live(one, 1h);
  cluster.requests.clear();
  one.said.clear();
  live(one, 1h);
  // Three small requests in a minute to a minute and a quarter.
  BOOST_TEST(cluster.requests.size() >= 3u * 48);
  BOOST_TEST(cluster.requests.size() <= 3u * 62);
  BOOST_TEST(cluster.count(http_verb::get) == cluster.requests.size());
  for (const auto& x : cluster.requests)
    BOOST_TEST((x.target == secret_path ||
                x.accept.find("PartialObjectMetadata") != std::string::npos));
  BOOST_TEST(one.served.size() == 1u);
  BOOST_TEST(one.said.empty());
}

BOOST_AUTO_TEST_CASE(it_accesses_one_secret_and_never_lists) {
  live(one, 10min);
  cluster.remove(secret_path);
  live(one, 10min);
  for (const auto& x : cluster.requests)
    if (x.target.find("/secrets") != std::string::npos)
      BOOST_TEST((x.target == secret_path || (x.verb == http_verb::post &&
                                              x.target == test::secrets_path)));
}

BOOST_AUTO_TEST_CASE(without_crd_and_configuration_it_serves_all_the_same) {
  cluster.objects.clear();
  live(one, 10min);
  BOOST_TEST(one.served.size() == 1u);
  BOOST_TEST(one.said_with("locusttests.locust.io\" does not exist") == 1u);
  BOOST_TEST(one.said_with("does not exist (yet)") == 2u);
  for (const auto& x : one.said)
    BOOST_TEST((x.level == message_level::info), x.text);
  // They come later.
  cluster.put(crd_path, test::converting_crd());
  live(one, 2min);
  BOOST_TEST(crd_bundle() == stored().authorities);
  BOOST_TEST(one.served.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_crd_without_conversion_is_logged_once) {
  cluster.set(crd_path, "/spec/conversion/strategy", "None");
  live(one, 10min);
  BOOST_TEST(one.said_with("does not use a conversion webhook") == 1u);
  BOOST_TEST(bundle_of_webhook(0) == stored().authorities);
  BOOST_TEST(crd_bundle() == "");
}

BOOST_AUTO_TEST_CASE(a_host_in_a_new_url_brings_a_new_certificate) {
  live(one, 5min);
  cluster.set(configuration_path, "/webhooks/1/clientConfig/url",
              "https://10.1.2.3/validate");
  live(one, 2min);
  BOOST_TEST_REQUIRE(one.served.size() == 2u);
  BOOST_TEST(test::minds_of_client(one.served[1].certificate,
                                   bundle_of_webhook(1), "10.1.2.3",
                                   now.wall) == "");
  BOOST_TEST(one.said_with("it is not for 10.1.2.3") == 1u);
}

BOOST_AUTO_TEST_CASE(a_changed_bundle_is_restored) {
  live(one, 5min);
  cluster.set(crd_path, "/spec/conversion/webhook/clientConfig/caBundle", "");
  cluster.set(configuration_path, "/webhooks/0/clientConfig/caBundle",
              encode_base64(made_at(now.wall).authorities));
  live(one, 2min);
  BOOST_TEST(trusted(one.served.back()));
  // Another replica may serve it.
  BOOST_TEST(authorities_in(bundle_of_webhook(0)).size() == 2u);
  pass(24h);
  live(one, 2min);
  BOOST_TEST(bundle_of_webhook(0) == stored().authorities);
  BOOST_TEST(crd_bundle() == stored().authorities);
  BOOST_TEST(one.served.size() == 1u);
}

BOOST_AUTO_TEST_CASE(objects_that_are_created_anew_get_the_bundle) {
  live(one, 5min);
  cluster.remove(crd_path);
  live(one, 2min);
  cluster.put(crd_path, test::converting_crd());
  cluster.remove(configuration_path);
  cluster.put(configuration_path, test::validating_configuration());
  live(one, 2min);
  BOOST_TEST(trusted(one.served.back()));
}

// -- the Secret ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_restarted_replica_uses_the_existing_pair) {
  one.reconcile(now);
  replica again(cluster, 2);
  cluster.requests.clear();
  again.reconcile(now);
  BOOST_TEST_REQUIRE(again.served.size() == 1u);
  BOOST_TEST((again.served[0] == one.served[0]));
  BOOST_TEST(cluster.count(http_verb::get) == cluster.requests.size());
}

BOOST_AUTO_TEST_CASE(the_loser_of_a_race_uses_the_winners_pair) {
  replica two(cluster, 2);
  one.begin(now);
  two.begin(now);
  for (bool more = true; more;) {
    more = one.step(now);
    more |= two.step(now);
  }
  BOOST_TEST(one.served.size() == 1u);
  BOOST_TEST(two.served.empty());
  BOOST_TEST(two.again_in() < 100ms);
  two.reconcile(now);
  BOOST_TEST_REQUIRE(two.served.size() == 1u);
  BOOST_TEST((two.served[0] == one.served[0]));
  BOOST_TEST(two.said_with("not permitted") + two.said_with("answered") == 0u);
}

BOOST_AUTO_TEST_CASE(a_deleted_secret_is_replaced_and_no_call_fails) {
  replica two(cluster, 2);
  one.reconcile(now);
  two.reconcile(now);
  auto before = stored();
  cluster.remove(secret_path);
  live(one, 75s + 1s);
  auto after = stored();
  BOOST_TEST(before.certificate != after.certificate);
  // Clients trust both, whatever they serve.
  BOOST_TEST(trusted(before));
  BOOST_TEST(trusted(after));
  BOOST_TEST((two.served.back() == before));
  live(two, 75s + 10s);
  BOOST_TEST((two.served.back().certificate == after.certificate));
  live(one, 2min);
  BOOST_TEST((one.served.back().certificate == after.certificate));
  pass(24h);
  live(one, 2min);
  BOOST_TEST(!trusted(before));
  BOOST_TEST(trusted(after));
}

BOOST_AUTO_TEST_CASE(a_new_one_waits_until_all_api_servers_know) {
  one.reconcile(now);
  cluster.remove(secret_path);
  one.reconcile(now);
  BOOST_TEST(one.served.size() == 1u);
  BOOST_TEST((one.again_in() == 10s));
  pass(9999ms);
  one.reconcile(now);
  BOOST_TEST(one.served.size() == 1u);
  pass(1ms);
  one.reconcile(now);
  BOOST_TEST(one.served.size() == 2u);
  BOOST_TEST((one.again_in() >= 60s));
}

BOOST_AUTO_TEST_CASE(a_damaged_secret_is_repaired) {
  one.reconcile(now);
  for (auto pointer : {"/data/tls.crt", "/data/tls.key", "/data/ca.crt"}) {
    auto former = stored();
    cluster.set(secret_path, pointer, "Z2FyYmFnZQ==");
    live(one, 3min);
    BOOST_TEST((stored().certificate != former.certificate), pointer);
    BOOST_TEST((one.served.back() == stored()), pointer);
    BOOST_TEST(trusted(stored()), pointer);
  }
}

BOOST_AUTO_TEST_CASE(a_repair_leaves_the_rest_of_the_secret_alone) {
  one.reconcile(now);
  cluster.set(secret_path, "/metadata/labels/team", "blue");
  cluster.set(secret_path, "/data/tls.crt", "");
  live(one, 2min);
  BOOST_TEST(cluster.text_at(secret_path, "/metadata/labels/team") == "blue");
  BOOST_TEST(trusted(stored()));
}

BOOST_AUTO_TEST_CASE(a_foreign_secret_is_never_written) {
  one.reconcile(now);
  cluster.set(secret_path, "/metadata/labels/app.kubernetes.io~1managed-by",
              "Helm");
  cluster.set(secret_path, "/data/tls.crt", "");
  auto theirs = cluster.objects.at(secret_path);
  replica two(cluster, 2);
  live(one, 1h);
  live(two, 1h);
  BOOST_TEST(cluster.objects.at(secret_path) == theirs);
  BOOST_TEST(two.served.empty());
  BOOST_TEST(one.served.size() == 1u); // keeps its pair
  for (auto* x : {&one, &two}) {
    BOOST_TEST(x->said_with("does not belong to the operator") == 1u);
    BOOST_TEST(x->said_with("--webhook-secret-name") == 1u);
  }
  BOOST_TEST((two.said.back().level == message_level::error));
  cluster.remove(secret_path);
  live(two, 5min);
  BOOST_TEST(two.served.size() == 1u);
  BOOST_TEST(two.said_with("Secret \"ns/certs\": the problem is resolved") ==
             1u);
}

BOOST_AUTO_TEST_CASE(the_contents_of_the_secret_are_never_logged) {
  std::string words;
  for (auto body : {R"({"data":{"tls.key":"c2VjcmV0"}})",
                    R"({"data":{"tls.key":"c2VjcmV0")", "c2VjcmV0"}) {
    cluster.objects[secret_path] = body;
    replica two(cluster);
    two.reconcile(now);
    BOOST_TEST(two.said_with("Secret \"ns/certs\"") == 1u);
    for (const auto& x : two.said)
      words += x.text;
  }
  BOOST_TEST(words.find("c2VjcmV0") == std::string::npos);
}

// -- renewal ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_is_always_renewed_in_time) {
  auto end = now.wall + days(3 * 365);
  std::set<std::string> seen;
  for (one.reconcile(now); now.wall < end; one.reconcile(now)) {
    BOOST_TEST_REQUIRE(trusted(one.served.back()));
    auto facts = check_pair(stored(), now.wall);
    BOOST_TEST_REQUIRE(facts.has_value());
    BOOST_TEST_REQUIRE((facts->not_after - now.wall > days(121)));
    seen.insert(stored().certificate);
    pass(one.again_in() > 30s ? days(5) : one.again_in());
  }
  BOOST_TEST(seen.size() == 5u); // each for two thirds of a year
  BOOST_TEST(one.served.size() == 5u);
}

BOOST_AUTO_TEST_CASE(an_expired_pair_is_replaced_after_a_long_pause) {
  one.reconcile(now);
  pass(days(400));
  one.reconcile(now);
  BOOST_TEST(one.served.size() == 2u); // at once: the previous one has expired
  BOOST_TEST(trusted(stored()));
  BOOST_TEST(one.said_with("expired") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
