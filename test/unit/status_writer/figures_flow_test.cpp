#include "test/unit/status_writer/document_fixture.hpp"

#include <boost/test/unit_test.hpp>

// Figures that are written without a document.

using namespace locust;
using namespace std::chrono_literals;
using namespace locust::test;

namespace {

shared_text text(const std::string& load) {
  return std::make_shared<const std::string>(load);
}

struct fixture {
  /// A document with these figures is stored, at version 11.
  void stores(const std::string& load = "") {
    auto made = document(1);
    if (!load.empty())
      made.load = text(load);
    flow.save(made, start);
    flow.take();
    flow.answered(at_version("11"), start);
  }

  void shows(const std::string& load, monotonic_time at = start) {
    flow.show({{"ns", "t"}, "uid", text(load)}, at);
  }

  static api_response at_version(const std::string& version) {
    return answer(200,
                  R"({"metadata":{"resourceVersion":")" + version + R"("}})");
  }

  /// The body of the request that writes figures now.
  std::string written() {
    BOOST_TEST_REQUIRE(flow.figures_due().has_value());
    auto step = flow.take_figures();
    BOOST_TEST_REQUIRE(step.request.has_value());
    BOOST_TEST((step.request->verb == http_verb::merge_patch));
    return *step.request->body;
  }

  document_flow flow;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(figures_flow, fixture)

BOOST_AUTO_TEST_CASE(only_the_changes_since_the_last_write_are_sent) {
  stores(R"({"users":1,"p50":2})");
  shows(R"({"users":7,"p50":2})");
  BOOST_TEST(written() == R"({"metadata":{"resourceVersion":"11"},)"
                          R"("status":{"load":{"users":7}}})");
  BOOST_TEST(!flow.figures_due().has_value());
  flow.answered(at_version("12"), start);
  BOOST_TEST(!flow.figures_due().has_value());
  shows(R"({"users":7,"p50":3})");
  BOOST_TEST(written() == R"({"metadata":{"resourceVersion":"12"},)"
                          R"("status":{"load":{"p50":3}}})");
}

BOOST_AUTO_TEST_CASE(figures_of_the_meantime_wait_for_the_answer) {
  stores();
  BOOST_TEST(flow.are_first());
  shows(R"({"users":7})");
  written();
  shows(R"({"users":8})", start + 1s);
  BOOST_TEST(!flow.figures_due().has_value());
  flow.answered(at_version("12"), start + 2s);
  BOOST_TEST(!flow.are_first());
  BOOST_TEST((flow.figures_due() == start + 2s));
  BOOST_TEST(written().find(R"({"users":8})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_goes_first_and_takes_them_along) {
  stores();
  shows(R"({"users":7})");
  auto next = document(2);
  next.load = text(R"({"users":8})");
  flow.save(next, start);
  BOOST_TEST(!flow.figures_due().has_value());
  BOOST_TEST(is_patch(flow.take()));
  shows(R"({"users":9})");
  flow.answered(at_version("12"), start);
  BOOST_TEST(written() == R"({"metadata":{"resourceVersion":"12"},)"
                          R"("status":{"load":{"users":9}}})");
}

BOOST_AUTO_TEST_CASE(a_document_follows_figures_that_are_under_way) {
  stores();
  shows(R"({"users":7})");
  written();
  flow.save(document(2), start);
  BOOST_TEST(!flow.due().has_value());
  flow.answered(at_version("12"), start);
  BOOST_TEST_REQUIRE(flow.due().has_value());
  BOOST_TEST(guards_version(flow.take(), "12"));
}

BOOST_AUTO_TEST_CASE(what_somebody_else_may_have_changed_needs_a_document) {
  shows(R"({"users":7})");
  BOOST_TEST(flow.take_figures().wants_document);
  BOOST_TEST(!flow.figures_due().has_value());
  stores();
  shows(R"({"users":7})");
  written();
  flow.answered(answer(409), start);
  auto step = flow.take_figures();
  BOOST_TEST(step.wants_document);
  BOOST_TEST(!step.request.has_value());
  // A document that met a conflict, too.
  stores();
  flow.save(document(2), start);
  flow.take();
  flow.answered(answer(409), start);
  flow.take();
  flow.answered(stored_as("uid", "20"), start);
  BOOST_TEST(guards_version(flow.take(), "20"));
  flow.answered(at_version("21"), start);
  shows(R"({"users":8})");
  BOOST_TEST(!flow.take_figures().wants_document);
}

BOOST_AUTO_TEST_CASE(a_failed_write_is_repeated_later) {
  stores();
  shows(R"({"users":7})");
  written();
  auto outcome = flow.answered(answer(503), start);
  BOOST_TEST(outcome.failed_with.value_or(0) == 503);
  BOOST_TEST((*flow.figures_due() > start));
  BOOST_TEST((*flow.figures_due() < start + 1s));
  written();
  flow.answered(answer(403), start);
  BOOST_TEST((*flow.figures_due() > start + 5s));
  // Newer ones do not hurry it.
  shows(R"({"users":8})", start + 1s);
  BOOST_TEST((*flow.figures_due() > start + 5s));
  BOOST_TEST(written().find(R"({"users":8})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_figures_of_a_test_that_is_gone_are_dropped) {
  stores();
  shows(R"({"users":7})");
  written();
  BOOST_TEST(flow.answered(answer(404), start).vanished);
}

BOOST_AUTO_TEST_CASE(equal_figures_are_not_written) {
  stores(R"({"users":7})");
  shows(R"({"users":7})");
  auto step = flow.take_figures();
  BOOST_TEST(!step.request.has_value());
  BOOST_TEST(!step.wants_document);
  BOOST_TEST(!flow.figures_due().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
