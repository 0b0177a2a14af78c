#include "actors/configuration/documentation.hpp"
#include "actors/operator/options.hpp"
#include "actors/version/version.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace locust;

namespace {

parsed_options parse(std::vector<const char*> words) {
  words.insert(words.begin(), "locust-operator");
  return parse_options(static_cast<int>(words.size()), words.data());
}

/// The only problem with these words.
std::string problem(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  return parsed.problems.size() == 1 ? parsed.problems.front() : "not one";
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(nothing_gives_the_defaults) {
  auto parsed = parse({});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST((parsed.options == operator_options{}));
  BOOST_TEST(parsed.given.empty());
}

BOOST_AUTO_TEST_CASE(all_forms_of_a_flag_are_read) {
  auto parsed =
      parse({"--kubeconfig=/k", "--context", "c", "-journal=/j",
             "-zap-log-level", "panic", "--leader-elect", "-enable-http2",
             "--metrics-secure=false", "-zap-devel=T"});
  BOOST_REQUIRE(parsed.problems.empty());
  const auto& options = parsed.options;
  BOOST_TEST(options.kubeconfig == "/k");
  BOOST_TEST(options.context == "c");
  BOOST_TEST(options.journal == "/j");
  BOOST_TEST(options.log.level == "panic");
  BOOST_TEST(options.election.enabled);
  BOOST_TEST(options.http2);
  BOOST_TEST(!options.metrics.secure);
  BOOST_TEST(options.log.devel);
  BOOST_TEST(parsed.given.size() == 8u);
  BOOST_TEST(parsed.given.count("leader-elect") == 1u);
  BOOST_TEST(parsed.given.count("zap-encoder") == 0u);
}

BOOST_AUTO_TEST_CASE(the_flags_of_the_chart_are_read) {
  auto parsed =
      parse({"--health-probe-bind-address=:8081", "--leader-elect=true",
             "--metrics-bind-address=:8443", "--metrics-secure=false",
             "--enable-webhooks=true", "--webhook-cert-path=/tmp/certs"});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST(parsed.options.webhook.enabled);
  BOOST_TEST(parsed.options.webhook.certificate.path == "/tmp/certs");
  BOOST_TEST((parsed.options.metrics.address == bind_address{"", 8443}));
}

BOOST_AUTO_TEST_CASE(any_word_can_be_a_value) {
  auto parsed = parse({"--webhook-cert-wait-timeout", "-1s", "--context",
                       "--journal", "-kubeconfig", "--", "--journal="});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST(
      (parsed.options.webhook.certificate_wait == std::chrono::seconds(-1)));
  BOOST_TEST(parsed.options.context == "--journal");
  BOOST_TEST(parsed.options.kubeconfig == "--");
  BOOST_TEST(parsed.options.journal.empty());
  BOOST_TEST(parsed.given.count("journal") == 1u);
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_value) {
  auto parsed = parse({"--health-probe-bind-address=", "--metrics-bind-address",
                       "", "--leader-elect"});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST(!parsed.options.probes.has_value());
  BOOST_TEST((parsed.options.metrics.address == bind_address{"", 8080}));
}

BOOST_AUTO_TEST_CASE(brackets_and_commas_split_nothing) {
  auto parsed = parse({"--webhook-bind-address=[::1]:9443", "--journal=[a,b]",
                       "--watch-namespaces", "a,b"});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST((parsed.options.webhook.address == bind_address{"::1", 9443}));
  BOOST_TEST(parsed.options.journal == "[a,b]");
  BOOST_TEST(parsed.options.namespaces.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_last_of_several_wins) {
  auto parsed = parse({"--context=a", "--context", "b", "--leader-elect",
                       "--leader-elect=false"});
  BOOST_REQUIRE(parsed.problems.empty());
  BOOST_TEST(parsed.options.context == "b");
  BOOST_TEST(!parsed.options.election.enabled);
}

BOOST_AUTO_TEST_CASE(unknown_words_are_named) {
  BOOST_TEST(problem({"--no-such-flag"}) ==
             "--no-such-flag is not a flag; see --help");
  BOOST_TEST(problem({"-no-such-flag=1"}) ==
             "--no-such-flag=1 is not a flag; see --help");
  BOOST_TEST(problem({"--leader-elect", "false"}) ==
             "\"false\" does not belong to a flag; set a boolean with "
             "--name=false");
  BOOST_TEST(problem({"--leader-elect="}) ==
             "--leader-elect=\"\" is neither true nor false");
  BOOST_TEST(problem({"--leader-elect={}"}) ==
             "--leader-elect=\"{}\" is neither true nor false");
  BOOST_TEST(problem({"--zap-log-level=loud"}) ==
             "--zap-log-level=\"loud\" is not debug, info, error, panic or an "
             "integer greater than 0");
  BOOST_TEST(problem({"-journal"}) == "--journal needs a value");
}

BOOST_AUTO_TEST_CASE(every_problem_is_reported_in_one_go) {
  auto parsed = parse({"--webhook-cert-wait-timeout=soon", "--no-such-flag",
                       "--leader-elect=maybe", "--watch-namespaces=a,a",
                       "--webhook-bind-address=:x"});
  BOOST_TEST(parsed.problems.size() == 5u);
}

BOOST_AUTO_TEST_CASE(help_and_version_are_answered) {
  for (auto* word : {"--help", "-help", "-h"})
    BOOST_TEST(parse({"--no-such-flag", word}).answer.value() == help_text(),
               word);
  for (auto* word : {"--version", "-version"})
    BOOST_TEST(parse({word}).answer.value() == version_line() + '\n', word);
  BOOST_TEST(!parse({"--leader-elect"}).answer.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
