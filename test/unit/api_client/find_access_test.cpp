#include "actors/api_client/find_access.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

/// A kubeconfig whose only context has this host.
std::string config_for(const std::string& host) {
  return "current-context: x\ncontexts:\n- name: x\n  context: {cluster: " +
         host + "}\nclusters:\n- name: " + host +
         "\n  cluster: {server: 'https://" + host + "'}\n";
}

struct fixture : test::temporary_folder {
  fixture() {
    options.home = path("home");
    options.service_account = path("account");
  }

  void be_in_cluster() {
    write("account/token", "t\n");
    write("account/ca.crt", "-----BEGIN CERTIFICATE-----\n");
    write("account/namespace", "load\n");
    options.service_host = "10.96.0.1";
    options.service_port = "443";
  }

  std::string server() const {
    auto access = find_cluster_access(options);
    return access ? access->server : access.error().message;
  }

  access_options options;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(finding_the_cluster, fixture)

BOOST_AUTO_TEST_CASE(flag_then_variable_then_pod_then_home) {
  write("home/.kube/config", config_for("home"));
  BOOST_TEST(server() == "https://home:443");
  be_in_cluster();
  BOOST_TEST(server() == "https://10.96.0.1:443");
  options.kubeconfig_variable = write("variable", config_for("variable"));
  BOOST_TEST(server() == "https://variable:443");
  options.kubeconfig_flag = write("flag", config_for("flag"));
  BOOST_TEST(server() == "https://flag:443");
}

BOOST_AUTO_TEST_CASE(a_context_means_a_kubeconfig) {
  write("home/.kube/config", config_for("home"));
  be_in_cluster();
  options.context_flag = "x";
  BOOST_TEST(server() == "https://home:443");
}

BOOST_AUTO_TEST_CASE(a_pod_uses_its_service_account) {
  be_in_cluster();
  auto access = find_cluster_access(options);
  BOOST_REQUIRE(access);
  BOOST_TEST(access->ca.path == path("account/ca.crt"));
  BOOST_TEST(
      (access->token == token_source{token_file{path("account/token")}}));
  BOOST_TEST(access->default_namespace == "load");
  BOOST_TEST(access->origin == "in-cluster");
  options.service_host = "fd00::1";
  BOOST_TEST(server() == "https://[fd00::1]:443");
  options.service_port = "x";
  BOOST_TEST(server().starts_with("KUBERNETES_SERVICE_HOST or _PORT: "));
}

BOOST_AUTO_TEST_CASE(a_pod_without_a_ca_gets_an_error) {
  be_in_cluster();
  std::filesystem::remove(path("account/ca.crt"));
  BOOST_TEST(server() == "in-cluster: " + path("account/ca.crt") +
                             " is missing beside the token");
}

BOOST_AUTO_TEST_CASE(kubeconfig_is_a_list_with_optional_files) {
  auto there = write("there", config_for("there"));
  options.kubeconfig_variable = path("missing") + "::" + there;
  BOOST_TEST(server() == "https://there:443");
  options.kubeconfig_variable = path("missing") + ":" + path("gone");
  BOOST_TEST(server() == "none of the files in KUBECONFIG exists: " +
                             path("missing") + ":" + path("gone"));
}

BOOST_AUTO_TEST_CASE(a_file_of_the_flag_must_exist) {
  options.kubeconfig_flag = path("missing");
  auto access = find_cluster_access(options);
  BOOST_REQUIRE(!access);
  BOOST_TEST((access.error().code == errc::not_found));
  BOOST_TEST(access.error().message ==
             "kubeconfig " + path("missing") +
                 " cannot be read: No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_folder_is_no_kubeconfig) {
  options.kubeconfig_flag = path("");
  auto access = find_cluster_access(options);
  BOOST_REQUIRE(!access);
  BOOST_TEST((access.error().code == errc::bad_setting));
}

BOOST_AUTO_TEST_CASE(without_any_the_error_names_all_sources) {
  auto message = server();
  for (const auto& place :
       {std::string("--kubeconfig"), std::string("KUBECONFIG"),
        path("account/token"), path("home/.kube/config")})
    BOOST_TEST(message.find(place) != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(files_are_read_up_to_a_limit) {
  auto file = write("file", "12345");
  BOOST_TEST(read_text_file(file, 5).value_or("?") == "12345");
  BOOST_TEST(!read_text_file(file, 4));
  BOOST_TEST(read_text_file(write("empty", ""), 4).value_or("?") == "");
  std::string chunks(10'000, 'x');
  auto larger = write("larger", chunks);
  BOOST_TEST(read_text_file(larger, chunks.size()).value_or("?") == chunks);
  BOOST_TEST(!read_text_file(larger, chunks.size() - 1));
}

BOOST_AUTO_TEST_CASE(a_text_takes_no_more_memory_than_its_file) {
  // Tokens and certificates are kept.
  auto text = read_text_file(write("token", "12345"), 1 << 20);
  BOOST_REQUIRE(text);
  BOOST_TEST(text->capacity() < 100);
}

BOOST_AUTO_TEST_SUITE_END()
