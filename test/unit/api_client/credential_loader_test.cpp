#include "actors/api_client/child_process.hpp"
#include "actors/api_client/credential_loader.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <future>

using namespace locust;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

/// Never readable.
struct quiet_fd {
  ~quiet_fd() {
    close(fd);
  }

  int fd = eventfd(0, EFD_CLOEXEC);
};

child_program shell(const std::string& script) {
  return {"sh", {"-c", script}, {}};
}

exec_plugin plugin_of(const std::string& script) {
  exec_plugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.command = "sh";
  plugin.arguments = {"-c", script};
  return plugin;
}

const std::string says_token =
    R"(printf '{"apiVersion":"client.authentication.k8s.io/v1",)"
    R"("kind":"ExecCredential","status":{"token":"%s"%s}}' )";

std::string failure_of(const exec_plugin& plugin,
                       const cluster_access& access = {}) {
  quiet_fd quiet;
  auto loaded = run_exec_plugin(plugin, access, quiet.fd);
  return loaded ? "(no failure)" : loaded.error().message;
}

struct fixture : test::temporary_folder {
  quiet_fd quiet;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(child_processes, fixture)

BOOST_AUTO_TEST_CASE(both_outputs_and_the_status_are_caught) {
  auto output =
      run_child(shell("echo out; echo err >&2; exit 3"), 10s, 100, quiet.fd);
  BOOST_REQUIRE(output);
  BOOST_TEST(output->out == "out\n");
  BOOST_TEST(output->err == "err\n");
  BOOST_TEST(output->status == 3);
  auto killed = run_child(shell("kill -TERM $$"), 10s, 100, quiet.fd);
  BOOST_REQUIRE(killed);
  BOOST_TEST(killed->status == 128 + 15);
}

BOOST_AUTO_TEST_CASE(variables_are_added_and_replaced) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  setenv("API_CLIENT_TEST", "old", 1);
  auto program = shell("echo $API_CLIENT_TEST $API_CLIENT_MORE $PATH");
  program.environment = {{"API_CLIENT_TEST", "new"},
                         {"API_CLIENT_MORE", "more"}};
  auto output = run_child(program, 10s, 10'000, quiet.fd);
  BOOST_REQUIRE(output);
  BOOST_TEST(output->out.starts_with("new more /"));
}

BOOST_AUTO_TEST_CASE(it_inherits_no_descriptors_and_no_input) {
  auto mine = eventfd(0, 0); // without EFD_CLOEXEC
  auto output = run_child(shell("ls /proc/$$/fd; cat"), 10s, 1000, quiet.fd);
  close(mine);
  BOOST_REQUIRE(output);
  BOOST_TEST(output->out == "0\n1\n2\n");
}

BOOST_AUTO_TEST_CASE(a_missing_program_is_named) {
  auto output = run_child({"no-such-program", {}, {}}, 10s, 100, quiet.fd);
  BOOST_REQUIRE(!output);
  BOOST_TEST((output.error().code == errc::not_found));
  BOOST_TEST(output.error().message ==
             "no-such-program cannot run: No such file or directory");
}

BOOST_AUTO_TEST_CASE(after_the_deadline_the_process_group_is_killed) {
  auto marker = path("marker");
  auto start = clock_type::now();
  auto output = run_child(shell("(sleep 1; touch " + marker + ") & sleep 60"),
                          200ms, 100, quiet.fd);
  BOOST_REQUIRE(!output);
  BOOST_TEST(output.error().message == "sh did not end within 200 ms");
  BOOST_TEST((clock_type::now() - start < 30s));
  std::this_thread::sleep_for(1200ms);
  BOOST_TEST(!std::filesystem::exists(marker));
}

BOOST_AUTO_TEST_CASE(too_much_output_is_an_error) {
  auto output = run_child(shell("yes"), 10s, 1000, quiet.fd);
  BOOST_REQUIRE(!output);
  BOOST_TEST(output.error().message == "sh printed more than 1000 bytes");
}

BOOST_AUTO_TEST_CASE(a_background_process_does_not_delay_the_result) {
  auto start = clock_type::now();
  auto output = run_child(shell("sleep 3 & echo done"), 10s, 100, quiet.fd);
  BOOST_REQUIRE(output);
  BOOST_TEST(output->out == "done\n");
  BOOST_TEST((clock_type::now() - start < 2s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(loading_credentials, fixture)

BOOST_AUTO_TEST_CASE(a_token_file_is_read_through_a_swapped_symlink) {
  write("one/token", "first\n");
  write("two/token", "second\n");
  std::filesystem::create_symlink("one", path("data"));
  auto file = path("data/token");
  BOOST_TEST(load_token_file(file).value().value.token == "first");
  std::filesystem::create_symlink("two", path("next"));
  std::filesystem::rename(path("next"), path("data"));
  BOOST_TEST(load_token_file(file).value().value.token == "second");
}

BOOST_AUTO_TEST_CASE(a_bad_token_file_is_an_error) {
  auto empty = load_token_file(write("empty", " \n"));
  BOOST_REQUIRE(!empty);
  BOOST_TEST(empty.error().message ==
             "token file " + path("empty") + " is empty");
  BOOST_TEST(!load_token_file(write("lines", "a\nX-Evil: b\n")));
  auto missing = load_token_file(path("missing"));
  BOOST_REQUIRE(!missing);
  BOOST_TEST((missing.error().code == errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_plugin_gives_a_token_and_its_time) {
  auto plugin = plugin_of(
      says_token +
      R"(abc ',"expirationTimestamp":"'$(date -u -d '+1 hour' +%FT%TZ)'"')");
  auto loaded = run_exec_plugin(plugin, {}, quiet.fd);
  BOOST_REQUIRE(loaded);
  BOOST_TEST(loaded->value.token == "abc");
  BOOST_REQUIRE(loaded->usable_for);
  BOOST_TEST(loaded->usable_for->count() > 3500);
  BOOST_TEST(loaded->usable_for->count() <= 3600);
}

BOOST_AUTO_TEST_CASE(a_plugin_gets_the_cluster_info_that_it_requests) {
  auto plugin = plugin_of("echo \"$KUBERNETES_EXEC_INFO\" > " + path("info"));
  plugin.provide_cluster_info = true;
  cluster_access access;
  access.server = "https://h:443";
  access.ca.path = write("ca.crt", "PEM");
  failure_of(plugin, access);
  std::ifstream info{path("info")};
  std::string text{std::istreambuf_iterator<char>{info}, {}};
  BOOST_TEST(text == exec_info(plugin, access, "PEM") + "\n");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_fails_is_quoted) {
  BOOST_TEST(failure_of(plugin_of("echo 'log in first' >&2; exit 1")) ==
             "exec plugin sh ended with status 1: log in first");
  BOOST_TEST(failure_of(plugin_of("exit 2")) ==
             "exec plugin sh ended with status 2");
  exec_plugin missing;
  missing.command = "/no/such/plugin";
  missing.install_hint = "see the manual";
  BOOST_TEST(failure_of(missing) ==
             "exec plugin /no/such/plugin cannot run: No such file or "
             "directory; see the manual");
}

BOOST_AUTO_TEST_CASE(a_plugin_runs_beside_the_caller) {
  cluster_access access;
  access.token = plugin_of("sleep 0.3; " + says_token + "abc");
  std::promise<std::string> got;
  credential_loader loader{access, [&](result<fresh_credential> fresh) {
                             got.set_value(fresh ? fresh->value.token
                                                 : fresh.error().message);
                           }};
  auto start = clock_type::now();
  loader.load();
  BOOST_TEST((clock_type::now() - start < 250ms));
  BOOST_TEST(got.get_future().get() == "abc");
}

BOOST_AUTO_TEST_CASE(a_running_plugin_does_not_delay_the_end) {
  cluster_access access;
  access.token = plugin_of("sleep 60");
  std::promise<std::string> got;
  auto start = clock_type::now();
  {
    credential_loader loader{access, [&](result<fresh_credential> fresh) {
                               got.set_value(fresh ? "?"
                                                   : fresh.error().message);
                             }};
    loader.load();
  }
  BOOST_TEST((clock_type::now() - start < 30s));
  BOOST_TEST(got.get_future().get() == "exec plugin sh was stopped");
}

BOOST_AUTO_TEST_SUITE_END()
