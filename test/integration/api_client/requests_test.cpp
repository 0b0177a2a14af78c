#include "cluster.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace locust;
using namespace locust::test;

namespace {

const std::string config_maps = "/api/v1/namespaces/default/configmaps";

std::string config_map(const std::string& name) {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" +
         name + R"(","labels":{"test":"api-client"}},"data":{"a":"b"}})";
}

json::document parsed(const api_response& answer) {
  auto document = json::parse(*answer.body);
  BOOST_REQUIRE_MESSAGE(document, "status " << answer.status << ", failure '"
                                            << answer.failure << "', body "
                                            << *answer.body);
  return std::move(*document);
}

struct fixture : client_fixture {
  fixture() {
    ask(client, without_body(http_verb::remove,
                             config_maps + "?labelSelector=test%3Dapi-client"));
  }

  /// Who the API server says that we are; empty when it does not.
  std::string name_of(const api_client_actor& as, api_response* raw = nullptr) {
    auto answer =
        ask(as, with_body(http_verb::post,
                          "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                          R"({"apiVersion":"authentication.k8s.io/v1",)"
                          R"("kind":"SelfSubjectReview"})"));
    if (raw != nullptr)
      *raw = answer;
    if (answer.status != 201)
      return {};
    auto document = parsed(answer);
    return json::text_at(document, {"status", "userInfo", "username"});
  }

  /// A token of the service account `default`.
  std::string fresh_token() {
    auto answer = ask(
        client,
        with_body(http_verb::post,
                  "/api/v1/namespaces/default/serviceaccounts/default/token",
                  R"({"apiVersion":"authentication.k8s.io/v1",)"
                  R"("kind":"TokenRequest","spec":{}})"));
    auto document = parsed(answer);
    return json::text_at(document, {"status", "token"});
  }

  /// The access of KUBECONFIG without its client certificate.
  static cluster_access anonymous() {
    auto a = access();
    a.client_certificate = {};
    a.client_key = {};
    return a;
  }

  api_client_actor client = spawn(access());
};

const std::string account = "system:serviceaccount:default:default";

struct temporary_file {
  temporary_file()
      : path(std::filesystem::temp_directory_path() /
             ("api-client-test-" + std::to_string(getpid()))) {
    // nop
  }

  ~temporary_file() {
    std::remove(path.c_str());
  }

  void write(const std::string& text) const {
    std::ofstream{path} << text;
  }

  std::filesystem::path path;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(requests, fixture)

BOOST_AUTO_TEST_CASE(a_list_comes_whole) {
  auto answer = ask(client, get("/api/v1/namespaces"));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.failure == "");
  auto document = parsed(answer);
  BOOST_TEST(json::text_at(document, {"kind"}) == "NamespaceList");
}

BOOST_AUTO_TEST_CASE(an_object_is_created_once) {
  auto create =
      with_body(http_verb::post, config_maps, config_map("api-client-once"));
  BOOST_TEST(ask(client, create).status == 201);
  auto again = ask(client, create);
  BOOST_TEST(again.status == 409);
  auto document = parsed(again);
  BOOST_TEST(json::text_at(document, {"reason"}) == "AlreadyExists");
}

BOOST_AUTO_TEST_CASE(an_object_is_patched_both_ways_and_deleted) {
  auto path = config_maps + "/api-client-patched";
  ask(client, with_body(http_verb::post, config_maps,
                        config_map("api-client-patched")));
  auto merged = ask(
      client, with_body(http_verb::merge_patch, path, R"({"data":{"a":"c"}})"));
  BOOST_TEST(json::text_at(parsed(merged), {"data", "a"}) == "c");
  auto patched = ask(client, with_body(http_verb::json_patch, path,
                                       R"([{"op":"replace","path":"/data/a",)"
                                       R"("value":"d"}])"));
  BOOST_TEST(json::text_at(parsed(patched), {"data", "a"}) == "d");
  auto replaced = ask(client, with_body(http_verb::put, path,
                                        config_map("api-client-patched")));
  BOOST_TEST(json::text_at(parsed(replaced), {"data", "a"}) == "b");
  auto removed = ask(client, without_body(http_verb::remove, path));
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(ask(client, get(path)).status == 404);
}

BOOST_AUTO_TEST_CASE(a_large_body_goes_up_and_comes_back) {
  // Larger than the 64 KiB that HTTP/2 lets go before the first window update.
  auto name = std::string("api-client-large");
  auto body = config_map(name);
  body.insert(body.find(R"("a":)"),
              R"("big":")" + std::string(900'000, 'x') + R"(",)");
  BOOST_TEST(
      ask(client, with_body(http_verb::post, config_maps, body)).status == 201);
  auto answer = ask(client, get(config_maps + "/" + name));
  BOOST_TEST(json::text_at(parsed(answer), {"data", "big"}).size() == 900'000u);
}

BOOST_AUTO_TEST_CASE(a_client_certificate_says_who_we_are) {
  BOOST_TEST(name_of(client) != "");
}

BOOST_AUTO_TEST_CASE(a_static_token_says_who_we_are) {
  auto a = anonymous();
  a.token = static_token{fresh_token()};
  BOOST_TEST(name_of(spawn(a)) == account);
}

BOOST_AUTO_TEST_CASE(a_token_file_is_read_again_after_401) {
  temporary_file file;
  file.write(fresh_token());
  auto a = anonymous();
  a.token = token_file{file.path};
  auto by_file = spawn(a);
  BOOST_TEST(name_of(by_file) == account);
  file.write("no-such-token\n");
  auto spoilt = spawn(a);
  api_response raw;
  BOOST_TEST(name_of(spoilt, &raw) == "");
  BOOST_TEST(raw.status == 401);
  // As the kubelet does it: a new file under the old name.
  auto next = file.path.string() + "-next";
  std::ofstream{next} << fresh_token() << "\n";
  std::filesystem::rename(next, file.path);
  // A file is read once per second at most.
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  BOOST_TEST(name_of(spoilt) == account);
}

BOOST_AUTO_TEST_CASE(an_exec_plugin_gives_a_token) {
  auto a = anonymous();
  a.token = exec_plugin{
      .api_version = "client.authentication.k8s.io/v1",
      .command = "sh",
      .arguments = {"-c",
                    "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\","
                    "\"kind\":\"ExecCredential\",\"status\":{\"token\":\"'"
                    "\"$TOKEN\"'\"}}'"},
      .environment = {{"TOKEN", fresh_token()}},
      .install_hint = {},
      .provide_cluster_info = true};
  BOOST_TEST(name_of(spawn(a)) == account);
}

BOOST_AUTO_TEST_CASE(an_exec_plugin_gives_a_client_certificate) {
  auto whole = access();
  BOOST_REQUIRE(!whole.client_key.pem.empty());
  json::document credential{rapidjson::kObjectType};
  auto& pool = credential.GetAllocator();
  json::value status{rapidjson::kObjectType};
  status.AddMember("clientCertificateData", whole.client_certificate.pem, pool);
  status.AddMember("clientKeyData", whole.client_key.pem, pool);
  credential.AddMember("apiVersion", "client.authentication.k8s.io/v1", pool);
  credential.AddMember("kind", "ExecCredential", pool);
  credential.AddMember("status", status, pool);
  temporary_file file;
  file.write(json::dump(credential));
  auto a = anonymous();
  a.token = exec_plugin{.api_version = "client.authentication.k8s.io/v1",
                        .command = "cat",
                        .arguments = {file.path},
                        .environment = {},
                        .install_hint = {},
                        .provide_cluster_info = false};
  auto name = name_of(client);
  BOOST_TEST(name_of(spawn(a)) == name);
}

BOOST_AUTO_TEST_CASE(authority_and_certificate_may_stand_in_files) {
  auto a = access();
  auto name = name_of(client);
  // One file for all: PEM readers take what they look for.
  temporary_file file;
  file.write(a.ca.pem);
  a.ca = {file.path, {}};
  BOOST_TEST(name_of(spawn(a)) == name);
  file.write(a.client_certificate.pem + a.client_key.pem);
  a.ca = access().ca;
  a.client_certificate = {file.path, {}};
  a.client_key = {file.path, {}};
  BOOST_TEST(name_of(spawn(a)) == name);
}

BOOST_AUTO_TEST_CASE(a_server_with_another_authority_is_not_believed) {
  auto a = access();
  a.ca = {}; // those of the system
  auto answer = ask(spawn(a), get("/version"));
  BOOST_TEST(answer.status == 0);
  BOOST_TEST(answer.failure.find("certificate") != std::string::npos,
             answer.failure);
  a.insecure = true;
  BOOST_TEST(ask(spawn(a), get("/version")).status == 200);
}

BOOST_AUTO_TEST_CASE(the_name_to_verify_can_be_given) {
  auto a = access();
  a.tls_server_name = "kubernetes.default";
  BOOST_TEST(ask(spawn(a), get("/version")).status == 200);
  a.tls_server_name = "someone.else";
  auto answer = ask(spawn(a), get("/version"));
  BOOST_TEST(answer.status == 0);
  BOOST_TEST(answer.failure != "");
}

BOOST_AUTO_TEST_SUITE_END()
