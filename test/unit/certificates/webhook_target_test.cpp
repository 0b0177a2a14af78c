#include "actors/certificates/webhook_target.hpp"
#include "fake_cluster.hpp"
#include "props.hpp"
#include "protocol/basics/base64.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using test::made_at;
using test::today;

namespace {

const webhook_service ours = {"ns", "hook"};
const auto crd =
    webhook_object(webhook_kind::conversion, "locusttests.locust.io");
const auto configuration =
    webhook_object(webhook_kind::admission, "locust-operator-validating");

std::string versioned(std::string body) {
  return body.replace(body.find(R"("uid")"), 5,
                      R"("resourceVersion":"5","uid")");
}

std::string changed(std::string body, const std::string& what,
                    const std::string& by) {
  auto at = body.find(what);
  BOOST_TEST_REQUIRE(at != std::string::npos);
  return body.replace(at, what.size(), by);
}

webhook_seen seen_crd(const std::string& body) {
  auto seen = read_webhook(webhook_kind::conversion, crd, ours, body);
  BOOST_REQUIRE_MESSAGE(seen, seen.error().message);
  return *seen;
}

webhook_seen seen_configuration(const std::string& body) {
  auto seen = read_webhook(webhook_kind::admission, configuration, ours, body);
  BOOST_REQUIRE_MESSAGE(seen, seen.error().message);
  return *seen;
}

bool says(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhook_target_)

BOOST_AUTO_TEST_CASE(objects_have_their_paths) {
  BOOST_TEST(object_path(crd) == test::crd_path);
  BOOST_TEST(object_path(configuration) == test::configuration_path);
  BOOST_TEST(in_words(crd) ==
             "CustomResourceDefinition \"locusttests.locust.io\"");
}

BOOST_AUTO_TEST_CASE(a_crd_has_one_place) {
  auto seen = seen_crd(versioned(test::converting_crd()));
  BOOST_TEST(seen.resource_version == "5");
  BOOST_TEST_REQUIRE(seen.places.size() == 1u);
  BOOST_TEST(seen.places[0].pointer == "/spec/conversion/webhook/clientConfig");
  BOOST_TEST(seen.places[0].bundle == "");
  BOOST_TEST(seen.hosts.empty());
  BOOST_TEST(seen.problem == "");
}

BOOST_AUTO_TEST_CASE(a_configuration_has_one_for_each_webhook) {
  auto seen = seen_configuration(versioned(test::validating_configuration()));
  BOOST_TEST_REQUIRE(seen.places.size() == 2u);
  BOOST_TEST(seen.places[0].pointer == "/webhooks/0/clientConfig");
  BOOST_TEST(seen.places[1].pointer == "/webhooks/1/clientConfig");
  BOOST_TEST(in_words(seen.hosts) == "127.0.0.1");
  BOOST_TEST(seen.problem == "");
}

BOOST_AUTO_TEST_CASE(a_crd_without_a_webhook_has_none) {
  for (auto body :
       {R"({"metadata":{"resourceVersion":"5"}})",
        R"({"metadata":{"resourceVersion":"5"},"spec":{}})",
        R"({"metadata":{"resourceVersion":"5"},)"
        R"("spec":{"conversion":{"strategy":"None"}}})",
        R"({"metadata":{"resourceVersion":"5"},)"
        R"("spec":{"conversion":{"strategy":"Webhook"}}})",
        R"({"metadata":{"resourceVersion":"5"},"spec":{"conversion":)"
        R"({"strategy":"None","webhook":{"clientConfig":)"
        R"({"url":"https://a"}}}}})"}) {
    auto seen = seen_crd(body);
    BOOST_TEST(seen.places.empty(), body);
    BOOST_TEST(seen.hosts.empty(), body);
    BOOST_TEST(says(seen.problem, "does not use a conversion webhook"),
               seen.problem);
  }
}

BOOST_AUTO_TEST_CASE(foreign_client_configs_are_not_changed) {
  auto body = versioned(test::converting_crd());
  for (const auto& other :
       {changed(body, R"("name":"hook")", R"("name":"other")"),
        changed(body, R"("namespace":"ns")", R"("namespace":"other")")}) {
    auto seen = seen_crd(other);
    BOOST_TEST(seen.places.empty());
    BOOST_TEST(says(seen.problem, "other"), seen.problem);
    BOOST_TEST(says(seen.problem, "instead of \"ns/hook\""), seen.problem);
  }
  auto one_of_two = seen_configuration(versioned(changed(
      test::validating_configuration(), R"("name":"hook")", R"("name":"x")")));
  BOOST_TEST_REQUIRE(one_of_two.places.size() == 1u);
  BOOST_TEST(one_of_two.places[0].pointer == "/webhooks/1/clientConfig");
  BOOST_TEST(says(one_of_two.problem, "/webhooks/0/clientConfig"));
}

BOOST_AUTO_TEST_CASE(objects_of_cert_manager_are_not_changed) {
  for (std::string name :
       {"inject-ca-from", "inject-ca-from-secret", "inject-apiserver-ca"}) {
    auto body = changed(versioned(test::converting_crd()), R"("uid")",
                        R"("annotations":{"cert-manager.io/)" + name +
                            R"(":"ns/c"},"uid")");
    auto seen = seen_crd(body);
    BOOST_TEST(seen.places.empty());
    BOOST_TEST(says(seen.problem, name), seen.problem);
  }
}

BOOST_AUTO_TEST_CASE(hosts_come_from_urls) {
  struct expected {
    const char* url;
    const char* host; ///< null: no certificate can be made for it
  };
  for (const auto& [url, host] : std::initializer_list<expected>{
           {"https://127.0.0.1:9443/convert", "127.0.0.1"},
           {"https://Hook.Example.com/convert", "hook.example.com"},
           {"https://[::1]:9443/convert", "::1"},
           {"https://", nullptr},
           {"https://user@host/", nullptr},
           {"https://[fe80::1%eth0]/", nullptr},
           {"", nullptr}}) {
    auto body = versioned(changed(test::converting_crd(),
                                  R"("service":{"namespace":"ns",)"
                                  R"("name":"hook","path":"/convert"})",
                                  R"("url":")" + std::string(url) + '"'));
    auto seen = seen_crd(body);
    BOOST_TEST(seen.places.size() == (host == nullptr ? 0u : 1u), url);
    BOOST_TEST(in_words(seen.hosts) == (host == nullptr ? "" : host));
    BOOST_TEST(seen.problem.empty() == (host != nullptr), seen.problem);
  }
}

BOOST_AUTO_TEST_CASE(a_configuration_without_webhooks_has_no_place) {
  for (auto body : {R"({"metadata":{"resourceVersion":"5"}})",
                    R"({"metadata":{"resourceVersion":"5"},"webhooks":[]})",
                    R"({"metadata":{"resourceVersion":"5"},"webhooks":1})"})
    BOOST_TEST(says(seen_configuration(body).problem, "no webhooks"));
}

BOOST_AUTO_TEST_CASE(what_is_no_object_cannot_be_read) {
  for (auto body : {"", "{", "[]", "{}", R"({"metadata":{"uid":"x"}})"})
    BOOST_TEST(
        !read_webhook(webhook_kind::conversion, crd, ours, body).has_value(),
        body);
}

BOOST_AUTO_TEST_CASE(a_patch_is_guarded_and_goes_to_every_place) {
  auto seen = seen_configuration(versioned(test::validating_configuration()));
  BOOST_TEST(bundle_patch(seen, "PEM") ==
             R"([{"op":"replace","path":"/metadata/resourceVersion",)"
             R"("value":"5"},{"op":"add",)"
             R"("path":"/webhooks/0/clientConfig/caBundle","value":"UEVN"},)"
             R"({"op":"add","path":"/webhooks/1/clientConfig/caBundle",)"
             R"("value":"UEVN"}])");
}

BOOST_AUTO_TEST_CASE(it_shows_a_bundle_when_every_place_does) {
  auto a = made_at(today).authorities;
  auto b = made_at(today).authorities;
  webhook_seen seen;
  BOOST_TEST(shows(seen, a));
  BOOST_TEST(trusts(seen, a));
  seen.places = {{"/1", a + b}, {"/2", a}};
  BOOST_TEST(!shows(seen, a + b));
  BOOST_TEST(trusts(seen, a));
  BOOST_TEST(!trusts(seen, b));
  seen.places[1].bundle = a + b;
  BOOST_TEST(shows(seen, a + b));
  BOOST_TEST(trusts(seen, b));
}

BOOST_AUTO_TEST_CASE(a_bundle_that_is_garbage_is_none) {
  auto body = changed(versioned(test::converting_crd()), R"("service")",
                      R"("caBundle":"!!!","service")");
  BOOST_TEST(seen_crd(body).places.at(0).bundle == "");
  auto pem = made_at(today).authorities;
  body = changed(body, "!!!", encode_base64(pem));
  BOOST_TEST(seen_crd(body).places.at(0).bundle == pem);
}

BOOST_AUTO_TEST_SUITE_END()
