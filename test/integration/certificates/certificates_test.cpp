#include "actors/certificates/certificates_actor.hpp"
#include "protocol/basics/base64.hpp"
#include "protocol/json.hpp"
#include "test/integration/api_client/cluster.hpp"
#include "test/unit/certificates/openssl_judge.hpp"
#include "test/unit/support/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

const std::string name_space = "/api/v1/namespaces/certificates-test";
const std::string secrets = name_space + "/secrets";
const std::string secret = secrets + "/certs";
const std::string crds =
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const std::string crd = crds + "/probes.certificates.test";
const std::string configurations =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const std::string configuration = configurations + "/certificates-test";
const std::string rbac = "/apis/rbac.authorization.k8s.io/v1";

const std::string crd_body = R"({"apiVersion":"apiextensions.k8s.io/v1",
"kind":"CustomResourceDefinition","metadata":{"name":
"probes.certificates.test"},"spec":{"group":"certificates.test","names":{
"kind":"Probe","plural":"probes"},"scope":"Namespaced","versions":[{"name":
"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"
}}}],"conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":[
"v1"],"clientConfig":{"service":{"namespace":"certificates-test","name":"hook",
"path":"/convert"}}}}}})";

// Its rules match nothing that exists.
const std::string configuration_body =
    R"({"apiVersion":"admissionregistration.k8s.io/v1",
"kind":"ValidatingWebhookConfiguration","metadata":{"name":"certificates-test"},
"webhooks":[{"name":"a.certificates.test","sideEffects":"None",
"admissionReviewVersions":["v1"],"rules":[{"apiGroups":["certificates.test"],
"apiVersions":["*"],"operations":["CREATE"],"resources":["nothing"]}],
"clientConfig":{"service":{"namespace":"certificates-test","name":"hook"}}},
{"name":"b.certificates.test","sideEffects":"None","admissionReviewVersions":[
"v1"],"rules":[{"apiGroups":["certificates.test"],"apiVersions":["*"],
"operations":["UPDATE"],"resources":["nothing"]}],"clientConfig":{"url":
"https://127.0.0.1:19443/validate"}}]})";

// The rights that docs and chart give the operator for this.
const std::string role_rules =
    R"([{"apiGroups":[""],"resources":["secrets"],"verbs":["create"]},
{"apiGroups":[""],"resources":["secrets"],"resourceNames":["certs"],
"verbs":["get","update"]}])";
const std::string cluster_role_rules =
    R"([{"apiGroups":["apiextensions.k8s.io"],"resources":[
"customresourcedefinitions"],"resourceNames":["probes.certificates.test"],
"verbs":["get","patch"]},{"apiGroups":["admissionregistration.k8s.io"],
"resources":["validatingwebhookconfigurations"],"resourceNames":[
"certificates-test"],"verbs":["get","patch"]}])";

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(
      std::chrono::system_clock::now());
}

/// What a gateway was told to serve.
class served_log {
public:
  void add(const serving_certificate& x) {
    std::lock_guard guard{mutex_};
    chains_.push_back(*x.chain);
  }

  size_t count() const {
    std::lock_guard guard{mutex_};
    return chains_.size();
  }

  std::string last() const {
    std::lock_guard guard{mutex_};
    return chains_.empty() ? "" : chains_.back();
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::string> chains_;
};

gateway_actor::behavior_type
recording_gateway(gateway_actor::pointer,
                  const std::shared_ptr<served_log>& log) {
  return {
      [log](const serving_certificate& x) { log->add(x); },
      [](const caches_state&) {},
      [](const actors_alive&) {},
      [](const stop_request&) { return true; },
  };
}

struct fixture : client_fixture {
  fixture() {
    clean_up();
    make("/api/v1/namespaces",
         R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":)"
         R"("certificates-test"}})");
    make(crds, crd_body);
    make(configurations, configuration_body);
  }

  ~fixture() {
    for (const auto& x : keepers)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    for (const auto& x : gateways)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    clean_up();
  }

  /// All but the namespace, which would take its time to go.
  void clean_up() {
    for (const auto& path :
         {secret, crd, configuration, rbac + "/clusterroles/certificates-test",
          rbac + "/clusterrolebindings/certificates-test"})
      ask(client, without_body(http_verb::remove, path));
    wait_until([&] { return ask(client, get(crd)).status == 404; });
  }

  void make(const std::string& path, const std::string& body) {
    auto answer = ask(client, with_body(http_verb::post, path, body));
    BOOST_REQUIRE_MESSAGE(answer.status == 201 || answer.status == 409,
                          path << ": " << answer.status << *answer.body);
  }

  template <class Condition>
  bool wait_until(Condition holds) {
    for (auto end = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < end;
         std::this_thread::sleep_for(20ms))
      if (holds())
        return true;
    return false;
  }

  /// Starts a keeper with a connection of its own, as in another pod.
  std::shared_ptr<served_log> start(const cluster_access& as = access()) {
    auto log = std::make_shared<served_log>();
    gateways.push_back(system.spawn(recording_gateway, log));
    certificate_settings settings;
    settings.service = {"certificates-test", "hook"};
    settings.secret_name = "certs";
    settings.configuration_name = "certificates-test";
    settings.crd_name = "probes.certificates.test";
    settings.interval = 500ms;
    settings.settle_for = 200ms;
    settings.seed = ++seed;
    keepers.push_back(spawn_certificates(
        system, {spawn(as), gateways.back(), settings, wall_clock}));
    return log;
  }

  json::document read(const std::string& path) {
    auto answer = ask(client, get(path));
    auto object = json::parse(*answer.body);
    BOOST_REQUIRE_MESSAGE(answer.status == 200 && object,
                          path << ": " << answer.status << *answer.body);
    return std::move(*object);
  }

  std::string stored_certificate() {
    auto answer = ask(client, get(secret));
    if (answer.status != 200)
      return {};
    auto seen = read_secret(*answer.body);
    return seen ? seen->pair.certificate : "";
  }

  /// Whether the API server would believe a server that shows this, in all
  /// three places.
  bool trusted(const std::string& certificate) {
    auto definition = read(crd);
    auto hooks = read(configuration);
    auto minds = [&](const json::value& config, const char* host) {
      auto bundle = decode_base64(json::text_at(config, {"caBundle"}));
      return minds_of_client(certificate, bundle.value_or(""), host,
                             wall_clock());
    };
    const auto* conversion = json::find(
        definition, {"spec", "conversion", "webhook", "clientConfig"});
    const auto& webhooks = *json::find(hooks, {"webhooks"});
    return minds(*conversion, "hook.certificates-test.svc").empty() &&
           minds(*json::find(webhooks[0], {"clientConfig"}),
                 "hook.certificates-test.svc")
               .empty() &&
           minds(*json::find(webhooks[1], {"clientConfig"}), "127.0.0.1")
               .empty();
  }

  /// Waits until both serve what the Secret holds and all places trust it.
  bool agree(const served_log& a, const served_log& b) {
    return wait_until([&] {
      auto stored = stored_certificate();
      return !stored.empty() && a.last() == stored && b.last() == stored &&
             trusted(stored);
    });
  }

  /// A service account with just the rights that are documented.
  cluster_access limited_account() {
    make(name_space + "/serviceaccounts",
         R"({"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":)"
         R"("keeper"}})");
    grant(rbac + "/namespaces/certificates-test", "Role", role_rules);
    grant(rbac, "ClusterRole", cluster_role_rules);
    auto answer =
        ask(client, with_body(http_verb::post,
                              name_space + "/serviceaccounts/keeper/token",
                              R"({"apiVersion":"authentication.k8s.io/v1",)"
                              R"("kind":"TokenRequest","spec":{}})"));
    auto token = json::parse(*answer.body);
    BOOST_TEST_REQUIRE(token.has_value());
    auto limited = access();
    limited.client_certificate = {};
    limited.client_key = {};
    limited.token = static_token{json::text_at(*token, {"status", "token"})};
    return limited;
  }

  void grant(const std::string& where, const std::string& kind,
             const std::string& rules) {
    auto head = [](const std::string& of) {
      return R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":")" + of +
             R"(","metadata":{"name":"certificates-test"},)";
    };
    auto plural = kind == "Role" ? std::string("/role") : "/clusterrole";
    make(where + plural + "s", head(kind) + R"("rules":)" + rules + "}");
    make(where + plural + "bindings",
         head(kind + "Binding") +
             R"("roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":")" +
             kind +
             R"(","name":"certificates-test"},"subjects":[{"kind":)"
             R"("ServiceAccount","name":"keeper","namespace":)"
             R"("certificates-test"}]})");
  }

  api_client_actor client = spawn(access());
  std::vector<gateway_actor> gateways;
  std::vector<certificates_actor> keepers;
  uint64_t seed = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificates, fixture)

BOOST_AUTO_TEST_CASE(two_keepers_that_start_at_once_agree) {
  auto one = start();
  auto two = start();
  BOOST_TEST_REQUIRE(agree(*one, *two));
  auto stored = stored_certificate();
  std::this_thread::sleep_for(2s);
  BOOST_TEST(stored_certificate() == stored);
  BOOST_TEST(one->count() == 1u);
  BOOST_TEST(two->count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_deleted_secret_is_replaced_and_no_call_would_fail) {
  auto one = start();
  auto two = start();
  BOOST_TEST_REQUIRE(agree(*one, *two));
  auto former = stored_certificate();
  ask(client, without_body(http_verb::remove, secret));
  BOOST_TEST(wait_until([&] {
    for (const auto& log : {one, two})
      BOOST_TEST_REQUIRE(trusted(log->last()));
    auto stored = stored_certificate();
    return !stored.empty() && one->last() == stored && two->last() == stored;
  }));
  BOOST_TEST(one->last() != former);
  BOOST_TEST(agree(*one, *two));
}

BOOST_AUTO_TEST_CASE(what_is_changed_by_hand_is_repaired) {
  auto one = start();
  auto two = start();
  BOOST_TEST_REQUIRE(agree(*one, *two));
  auto former = stored_certificate();
  ask(client, with_body(http_verb::merge_patch, secret,
                        R"({"data":{"tls.key":"Z2FyYmFnZQ=="}})"));
  BOOST_TEST(wait_until([&] { return stored_certificate() != former; }));
  BOOST_TEST_REQUIRE(agree(*one, *two));
  auto bare = ask(
      client, with_body(http_verb::merge_patch, crd,
                        R"({"spec":{"conversion":{"webhook":{"clientConfig":{)"
                        R"("caBundle":null}}}}})"));
  BOOST_TEST(bare.status == 200);
  BOOST_TEST(bare.body->find(R"("caBundle":")") == std::string::npos);
  ask(client, without_body(http_verb::remove, configuration));
  make(configurations, configuration_body);
  BOOST_TEST(agree(*one, *two));
}

BOOST_AUTO_TEST_CASE(a_new_url_gets_its_host_into_the_certificate) {
  auto one = start();
  auto two = start();
  BOOST_TEST_REQUIRE(agree(*one, *two));
  ask(client,
      with_body(http_verb::json_patch, configuration,
                R"([{"op":"replace","path":"/webhooks/1/clientConfig/url",)"
                R"("value":"https://10.9.8.7:19443/validate"}])"));
  BOOST_TEST(wait_until([&] {
    auto certificate = stored_certificate();
    auto hooks = read(configuration);
    auto bundle = decode_base64(json::text_at(
        *json::find((*json::find(hooks, {"webhooks"}))[1], {"clientConfig"}),
        {"caBundle"}));
    return minds_of_client(certificate, bundle.value_or(""), "10.9.8.7",
                           wall_clock())
        .empty();
  }));
  BOOST_TEST(agree(*one, *two));
}

BOOST_AUTO_TEST_CASE(a_secret_of_someone_else_is_left_alone) {
  make(secrets, R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":)"
                R"("certs"},"data":{"tls.crt":"dGhlaXJz"}})");
  auto before = json::dump(read(secret));
  auto one = start();
  std::this_thread::sleep_for(2s);
  BOOST_TEST(json::dump(read(secret)) == before);
  BOOST_TEST(one->count() == 0u);
  ask(client, without_body(http_verb::remove, secret));
  BOOST_TEST(agree(*one, *one));
}

BOOST_AUTO_TEST_CASE(the_documented_rights_are_enough) {
  auto limited = limited_account();
  // RBAC takes a moment to be known to the authorizer.
  auto as_keeper = spawn(limited);
  BOOST_TEST_REQUIRE(wait_until([&] {
    return ask(as_keeper, get(crd)).status == 200 &&
           ask(as_keeper, get(secret)).status == 404;
  }));
  auto one = start(limited);
  auto two = start(limited);
  BOOST_TEST_REQUIRE(agree(*one, *two));
  auto former = stored_certificate();
  ask(client, with_body(http_verb::merge_patch, secret,
                        R"({"data":{"tls.crt":"Z2FyYmFnZQ=="}})"));
  BOOST_TEST(wait_until([&] {
    auto stored = stored_certificate();
    return stored != former && stored != "garbage";
  }));
  BOOST_TEST(agree(*one, *two));
  // And no others are: they never needed to be.
  BOOST_TEST(ask(as_keeper, get(secrets)).status == 403);
  BOOST_TEST(ask(as_keeper, get(crds)).status == 403);
}

BOOST_AUTO_TEST_SUITE_END()
