#include "actors/api_client/kubeconfig.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

// "-----BEGIN CERTIFICATE-----\n" and "-----BEGIN PRIVATE KEY-----\n".
const std::string certificate_data = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==";
const std::string key_data = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==";

/// A kubeconfig with one context; its cluster and user are given in flow style.
std::string with(const std::string& cluster, const std::string& user) {
  return "current-context: here\n"
         "contexts:\n"
         "- name: here\n"
         "  context: {cluster: c, user: u, namespace: shop}\n"
         "clusters:\n"
         "- name: c\n"
         "  cluster: {" +
         cluster +
         "}\n"
         "users:\n"
         "- name: u\n"
         "  user: {" +
         user + "}\n";
}

const std::string server = "server: 'https://10.0.0.1:6443'";

result<cluster_access> resolved(const std::string& yaml,
                                const std::string& context = "") {
  auto config = parse_kubeconfig(yaml, "/etc/kube/config");
  if (!config)
    return tl::unexpected(config.error());
  return resolve(*config, context);
}

cluster_access access_of(const std::string& yaml) {
  auto access = resolved(yaml);
  BOOST_REQUIRE_MESSAGE(access, (access ? "" : access.error().message));
  return *access;
}

std::string failure_of(const std::string& yaml,
                       const std::string& context = "") {
  auto access = resolved(yaml, context);
  return access ? "(no failure)" : access.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading_a_kubeconfig)

BOOST_AUTO_TEST_CASE(the_current_context_decides) {
  auto access = access_of(with(server, "token: abc"));
  BOOST_TEST(access.server == "https://10.0.0.1:6443");
  BOOST_TEST(access.default_namespace == "shop");
  BOOST_TEST((access.token == token_source{static_token{"abc"}}));
  BOOST_TEST(access.origin == "context here of /etc/kube/config");
}

BOOST_AUTO_TEST_CASE(a_named_context_wins_over_the_current_one) {
  auto yaml = with(server, "token: abc");
  yaml.replace(yaml.find("here"), 4, "gone");
  BOOST_TEST(!resolved(yaml));
  BOOST_TEST(resolved(yaml, "here").has_value());
}

BOOST_AUTO_TEST_CASE(data_is_decoded_and_wins_over_a_path) {
  auto access = access_of(with(server +
                                   ", certificate-authority: ca.crt, "
                                   "certificate-authority-data: " +
                                   certificate_data,
                               "client-certificate-data: " + certificate_data +
                                   ", client-key-data: " + key_data));
  BOOST_TEST(access.ca.pem == "-----BEGIN CERTIFICATE-----\n");
  BOOST_TEST(access.ca.path == "");
  BOOST_TEST(access.client_certificate.pem == "-----BEGIN CERTIFICATE-----\n");
  BOOST_TEST(access.client_key.pem == "-----BEGIN PRIVATE KEY-----\n");
}

BOOST_AUTO_TEST_CASE(relative_paths_start_at_the_file) {
  auto access = access_of(with(server + ", certificate-authority: ../ca.crt",
                               "client-certificate: a/me.crt, "
                               "client-key: /keys/me.key"));
  BOOST_TEST(access.ca.path == "/etc/ca.crt");
  BOOST_TEST(access.client_certificate.path == "/etc/kube/a/me.crt");
  BOOST_TEST(access.client_key.path == "/keys/me.key");
}

BOOST_AUTO_TEST_CASE(cluster_options_are_taken_over) {
  auto access = access_of(with(
      server + ", tls-server-name: kubernetes, proxy-url: 'http://proxy:3128'",
      ""));
  BOOST_TEST(access.tls_server_name == "kubernetes");
  BOOST_TEST(access.proxy == "http://proxy:3128");
  BOOST_TEST(!access.insecure);
  BOOST_TEST(access_of(with(server + ", insecure-skip-tls-verify: true", ""))
                 .insecure);
}

BOOST_AUTO_TEST_CASE(a_token_file_precedes_a_token_and_a_plugin) {
  auto exec = std::string("exec: {apiVersion: client.authentication.k8s.io/v1, "
                          "command: get-token}");
  auto file = access_of(with(server, "tokenFile: t, token: abc, " + exec));
  BOOST_TEST((file.token == token_source{token_file{"/etc/kube/t"}}));
  auto fixed = access_of(with(server, "token: abc, " + exec));
  BOOST_TEST((fixed.token == token_source{static_token{"abc"}}));
  auto plugin = access_of(with(server, exec));
  BOOST_TEST(std::holds_alternative<exec_plugin>(plugin.token));
  auto none = access_of(with(server, ""));
  BOOST_TEST((none.token == token_source{no_token{}}));
}

BOOST_AUTO_TEST_CASE(a_plugin_is_read_whole) {
  auto access = access_of(with(
      server,
      "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: "
      "./get, args: [a, 'b c'], env: [{name: X, value: y}], installHint: "
      "install it, provideClusterInfo: true, interactiveMode: IfAvailable}"));
  auto plugin = std::get<exec_plugin>(access.token);
  BOOST_TEST(plugin.api_version == "client.authentication.k8s.io/v1beta1");
  BOOST_TEST(plugin.command == "/etc/kube/get");
  BOOST_TEST((plugin.arguments == std::vector<std::string>{"a", "b c"}));
  BOOST_TEST((plugin.environment == decltype(plugin.environment){{"X", "y"}}));
  BOOST_TEST(plugin.install_hint == "install it");
  BOOST_TEST(plugin.provide_cluster_info);
}

BOOST_AUTO_TEST_CASE(json_is_accepted) {
  auto access = access_of(
      R"({"current-context":"x","contexts":[{"name":"x","context":)"
      R"({"cluster":"c","user":""}}],"clusters":[{"name":"c","cluster":)"
      R"({"server":"https://h"}}],"users":null})");
  BOOST_TEST(access.server == "https://h:443");
  BOOST_TEST(access.default_namespace == "default");
}

BOOST_AUTO_TEST_CASE(each_error_has_a_sentence) {
  struct row {
    const char* what;
    std::string yaml;
    std::string context;
    std::string expected;
  };
  auto begin = std::string("kubeconfig /etc/kube/config");
  const row rows[] = {
      {"no YAML", "clusters:\n  - [", "",
       begin + ", line 2: not YAML: end of sequence flow not found"},
      {"no map", "just text", "",
       begin + ", line 1: a kubeconfig must be a map with clusters, users and "
               "contexts"},
      {"no list", "users:\n  a: b\n", "",
       begin + ", line 2: users must be a list"},
      {"no name", "users:\n- user: {}\n", "",
       begin + ", line 2: an entry of users must have a name and a user"},
      {"no current context", "contexts:\n- name: a\n- name: b\n", "",
       begin +
           " has no current-context; choose one with --context: existing ones: "
           "a, b"},
      {"empty", "", "",
       begin + " has no current-context; choose one with --context: there are "
               "none"},
      {"unknown context", with(server, ""), "there",
       begin + ": there is no context 'there'; existing ones: here"},
      {"unknown cluster",
       "current-context: x\ncontexts:\n- name: x\n  context: {cluster: c}\n",
       "", begin + ": there is no cluster 'c'; there are none"},
      {"unknown user",
       "current-context: x\ncontexts:\n- name: x\n  context: {cluster: c, "
       "user: u}\nclusters:\n- name: c\n  cluster: {" +
           server + "}\nusers:\n- name: v\n  user: {}\n",
       "", begin + ": there is no user 'u'; existing ones: v"},
      {"bad base64", with(server + ", certificate-authority-data: '%%%%'", ""),
       "",
       begin + ", cluster c: certificate-authority-data is not valid base64"},
      {"no PEM", with(server + ", certificate-authority-data: aGVsbG8=", ""),
       "", begin + ", cluster c: certificate-authority-data is not PEM"},
      {"a key alone", with(server, "client-key: k"), "",
       begin +
           ", user u: client-certificate and client-key must be set together"},
      {"no server", with("", ""), "",
       begin + ", cluster c: the server URL '' is unusable: the host is "
               "neither a name nor an IP address; it should look like "
               "https://10.0.0.1:6443"},
      {"insecure with an authority",
       with(server + ", insecure-skip-tls-verify: true, "
                     "certificate-authority: a",
            ""),
       "",
       begin + ", cluster c: insecure-skip-tls-verify cannot be combined "
               "with a certificate-authority"},
      {"a password", with(server, "username: a, password: b"), "",
       begin + ", user u: user name and password are not supported"},
      {"an auth provider", with(server, "auth-provider: {name: gcp}"), "",
       begin + ", user u: auth-provider is no longer supported; use exec"},
      {"impersonation", with(server, "token: a, as: root"), "",
       begin + ", user u: impersonation (as) is not supported"},
      {"impersonated groups", with(server, "token: a, as-groups: [a]"), "",
       begin + ", user u: impersonation (as-groups) is not supported"},
      {"an old plugin",
       with(server, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, "
                    "command: x}"),
       "",
       begin + ", user u: exec.apiVersion "
               "'client.authentication.k8s.io/v1alpha1' is not supported; "
               "use client.authentication.k8s.io/v1 or .../v1beta1"},
      {"a plugin for a person",
       with(server, "exec: {apiVersion: client.authentication.k8s.io/v1, "
                    "command: x, interactiveMode: Always}"),
       "",
       begin + ", user u: exec plugin 'x' needs a terminal "
               "(interactiveMode: Always), which an operator does not have"},
      {"a plugin without a command",
       with(server, "exec: {apiVersion: client.authentication.k8s.io/v1}"), "",
       begin + ", user u: exec.command is missing"},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.what) {
      BOOST_TEST(failure_of(r.yaml, r.context) == r.expected);
    }
}

BOOST_AUTO_TEST_CASE(unused_entries_may_be_invalid) {
  auto yaml = with(server, "token: abc") +
              "- name: other\n  user: {client-key-data: '%%%'}\n";
  BOOST_TEST(resolved(yaml).has_value());
}

BOOST_AUTO_TEST_CASE(the_first_file_that_has_a_name_wins) {
  auto first = parse_kubeconfig("clusters:\n- name: c\n  cluster: {server: "
                                "'https://first', proxy-url: ''}\n",
                                "/a/one");
  auto second = parse_kubeconfig(
      with("server: 'https://second', certificate-authority: ca.crt",
           "tokenFile: t"),
      "/b/two");
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  kubeconfig merged;
  merge(merged, *first);
  merge(merged, *second);
  auto access = resolve(merged, "");
  BOOST_REQUIRE(access);
  BOOST_TEST(access->server == "https://first:443");
  // A second entry with the same name is ignored.
  BOOST_TEST(access->ca.empty());
  BOOST_TEST((access->token == token_source{token_file{"/b/t"}}));
  BOOST_TEST(merged.origin == "/a/one:/b/two");
}

BOOST_AUTO_TEST_SUITE_END()
