#include "actors/configuration/documentation.hpp"
#include "actors/configuration/environment.hpp"
#include "actors/configuration/flags.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

// docs/configuration.md has the tables between markers. With
// LOCUST_OPERATOR_REGENERATE_DOCS=1 they are written again.

using namespace locust;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string load(const char* file) {
  std::ifstream in(file, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(in, file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A part of the document that is generated from a table.
struct part {
  const char* name;
  std::string made;
};

/// Inserts `made` between the markers of its name; empty when they are missing.
std::string with_part(const std::string& text, const part& what) {
  auto begin_mark = std::string("<!-- ") + what.name + ": from the code -->\n";
  auto end_mark = std::string("<!-- end of ") + what.name + " -->\n";
  auto begin = text.find(begin_mark);
  auto end = text.find(end_mark);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return {};
  begin += begin_mark.size();
  return text.substr(0, begin) + what.made + text.substr(end);
}

} // namespace

BOOST_AUTO_TEST_SUITE(documentation)

BOOST_AUTO_TEST_CASE(the_document_has_what_the_tables_say) {
  const auto committed = load(CONFIGURATION_DOCUMENT);
  auto wanted = committed;
  for (const auto& what : {part{"flags", flags_in_markdown()},
                           part{"variables", variables_in_markdown()}}) {
    wanted = with_part(wanted, what);
    BOOST_REQUIRE_MESSAGE(!wanted.empty(), "no marks of " << what.name);
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (std::getenv("LOCUST_OPERATOR_REGENERATE_DOCS") != nullptr)
    std::ofstream(CONFIGURATION_DOCUMENT, std::ios::binary) << wanted;
  else
    BOOST_CHECK_MESSAGE(committed == wanted,
                        "docs/configuration.md is stale; run this program with "
                        "LOCUST_OPERATOR_REGENERATE_DOCS=1");
}

BOOST_AUTO_TEST_CASE(every_flag_and_variable_is_in_help_and_document) {
  const auto help = help_text();
  for (const auto& flag : operator_flags()) {
    auto name = "--" + std::string(flag.name);
    BOOST_TEST(contains(help, "\n  " + name), name);
    BOOST_TEST(contains(flags_in_markdown(), "| `" + name), name);
    if (!flag.variable.empty()) {
      auto variable = std::string(flag.variable);
      BOOST_TEST(contains(help, "\n  " + variable + ", "), variable);
      BOOST_TEST(contains(variables_in_markdown(), "| `" + variable + "` |"),
                 variable);
    }
  }
  for (const auto& row : environment_variables()) {
    std::string name(row.name);
    BOOST_TEST(contains(help, "\n  " + name + ", "), name);
    BOOST_TEST(contains(variables_in_markdown(), "| `" + name + "` |"), name);
  }
}

BOOST_AUTO_TEST_CASE(no_row_breaks_the_table_that_it_is_in) {
  for (const auto& text : {flags_in_markdown(), variables_in_markdown()}) {
    std::istringstream lines(text);
    size_t bars = 0; // of the heading above
    for (std::string line; std::getline(lines, line);) {
      auto count =
          static_cast<size_t>(std::count(line.begin(), line.end(), '|'));
      if (line.starts_with("| flag") || line.starts_with("| variable"))
        bars = count;
      else if (line.starts_with('|'))
        BOOST_TEST(count == bars, line);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_fits_a_terminal_and_loses_no_word) {
  std::istringstream lines(help_text());
  std::string in_one_line;
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(line.size() <= 80u, line);
    BOOST_TEST(!line.ends_with(' '), line);
    in_one_line +=
        line.substr(std::min(line.find_first_not_of(' '), line.size()));
    in_one_line += ' ';
  }
  for (const auto& flag : operator_flags()) {
    std::string meaning(flag.meaning);
    std::erase(meaning, '`');
    BOOST_TEST(contains(in_one_line, meaning), flag.name);
  }
}

BOOST_AUTO_TEST_CASE(a_report_has_a_line_for_each_setting) {
  const std::vector<setting> report = {
      {"--context", "c", setting_source::flag},
      {"--watch-namespaces", "a,b", setting_source::environment,
       "WATCH_NAMESPACES"},
      {"POD_CPU_LIMIT", "a\nb", setting_source::environment, {}, "is not good"},
      {"METRICS_EXPORTER_IMAGE", std::string(40, 'x')},
  };
  BOOST_TEST(report_text(report) ==
             "--context=c                                 # flag\n"
             "--watch-namespaces=a,b                      # environment "
             "WATCH_NAMESPACES\n"
             "POD_CPU_LIMIT=a?b                           # environment: is "
             "not good\n"
             "METRICS_EXPORTER_IMAGE=" +
                 std::string(40, 'x') + " # default\n");
}

BOOST_AUTO_TEST_SUITE_END()
