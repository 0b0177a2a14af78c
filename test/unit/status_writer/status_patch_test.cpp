#include "actors/status_writer/status_patch.hpp"
#include "test/unit/support/answers.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(status_patch)

BOOST_AUTO_TEST_CASE(the_patch_replaces_the_whole_status_of_this_very_object) {
  auto request =
      patch_status({"shop", "load"}, "u-1", "41", R"({"phase":"Running"})");
  BOOST_TEST((request.verb == http_verb::json_patch));
  BOOST_TEST((request.in == lane::status));
  BOOST_TEST(request.target ==
             "/apis/locust.io/v2/namespaces/shop/locusttests/load/status");
  BOOST_TEST(*request.body ==
             R"([{"op":"test","path":"/metadata/uid","value":"u-1"},)"
             R"({"op":"replace","path":"/metadata/resourceVersion",)"
             R"("value":"41"},)"
             R"({"op":"add","path":"/status","value":{"phase":"Running"}}])");
  BOOST_TEST(request.accept.find("PartialObjectMetadata") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_read_asks_for_the_whole_object) {
  auto request = read_test({"shop", "load"});
  BOOST_TEST((request.verb == http_verb::get));
  BOOST_TEST(request.target ==
             "/apis/locust.io/v2/namespaces/shop/locusttests/load");
  BOOST_TEST(!request.body);
  BOOST_TEST(request.accept.empty());
}

BOOST_AUTO_TEST_CASE(what_is_stored_is_read_as_far_as_it_matters) {
  auto found = stored_test_in(
      R"({"metadata":{"uid":"u","resourceVersion":"7"},)"
      R"("status":{"history":[{"sequence":1},)"
      R"({"sequence":12,"time":"2026-11-23T00:00:00.000007Z"}]}})");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->uid == "u");
  BOOST_TEST(found->resource_version == "7");
  BOOST_TEST(found->end.sequence == 12u);
  BOOST_TEST(to_rfc3339_micro(found->end.at) == "2026-11-23T00:00:00.000007Z");
  BOOST_TEST((found->end == end_of_history(found->status)));
  auto fresh =
      stored_test_in(R"({"metadata":{"uid":"u","resourceVersion":"7"}})");
  BOOST_TEST_REQUIRE(fresh.has_value());
  BOOST_TEST((fresh->end == history_mark{}));
  BOOST_TEST(fresh->status.empty());
  for (const auto* nonsense : {"", "[]", "{}", R"({"metadata":{"uid":"u"}})"})
    BOOST_TEST(!stored_test_in(nonsense).has_value(), nonsense);
}

BOOST_AUTO_TEST_CASE(a_document_ends_with_the_last_entry_of_its_history) {
  const std::pair<const char*, uint64_t> rows[] = {
      {R"({"history":[{"sequence":3},{"sequence":4}]})", 4},
      {R"({"history":[]})", 0},
      {R"({"history":"x"})", 0},
      {R"({"history":[{"sequence":"4"}]})", 0},
      {R"({"history":[{"sequence":-4}]})", 0},
      {"{}", 0},
      {"not json", 0},
  };
  for (const auto& [document, expected] : rows)
    BOOST_TEST(end_of_history(document).sequence == expected, document);
}

BOOST_AUTO_TEST_CASE(only_a_422_without_causes_is_a_failed_test) {
  // The answer of kube-apiserver when the `test` of a JSON patch fails.
  const auto* failed =
      R"({"kind":"Status","reason":"Invalid","details":{},"code":422})";
  BOOST_TEST(is_failed_test(test::answer(422, failed)));
  BOOST_TEST(!is_failed_test(test::answer(400, failed)));
  BOOST_TEST(is_failed_test(test::answer(422, "gateway says no")));
  BOOST_TEST(!is_failed_test(test::answer(
      422, R"({"kind":"Status","details":{"causes":[{"field":"status"}]}})")));
}

BOOST_AUTO_TEST_SUITE_END()
