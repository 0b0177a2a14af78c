#include "test/unit/api_watcher/reflector_player.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace locust::test;
using namespace locust::watcher;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

namespace {

std::string bound_of(const player& p) {
  return player::parameter(p.page(), "resourceVersion");
}

} // namespace

BOOST_AUTO_TEST_SUITE(reflector_lists)

BOOST_AUTO_TEST_CASE(the_first_list_is_consistent_and_paged) {
  player p;
  BOOST_TEST(player::parameter(p.page(), "limit") == "500");
  BOOST_TEST(bound_of(p).empty());
  BOOST_TEST(player::parameter(p.page(), "resourceVersionMatch").empty());
}

BOOST_AUTO_TEST_CASE(pages_are_reported_as_they_come_and_listed_ends_them) {
  player p;
  p.list(list_of({job("a", "3"), job("b", "4")}, "9", "t/1="));
  BOOST_TEST(p.told() == (words{"+a@3", "+b@4"}), per_element());
  BOOST_TEST(player::parameter(p.page(), "continue") == "t%2F1%3D");
  BOOST_TEST(player::parameter(p.page(), "limit") == "500");
  p.list(list_of({job("c", "5")}, "9"));
  BOOST_TEST(p.told() == (words{"+c@5", "=9"}), per_element());
  BOOST_TEST(player::parameter(p.watch(), "resourceVersion") == "9");
  BOOST_TEST(player::parameter(p.watch(), "allowWatchBookmarks") == "true");
  BOOST_TEST(p.core.known() == 3u);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_listed_too) {
  player p;
  p.list(R"({"kind":"JobList","metadata":{"resourceVersion":"4"},)"
         R"("items":null})");
  BOOST_TEST(p.told() == (words{"=4"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_list_again_reports_only_what_changed_or_is_missing) {
  player p;
  p.list(list_of({job("same", "3"), job("newer", "4"), job("missing", "5"),
                  job("other", "6", "first")},
                 "10"));
  p.open();
  p.bytes(bookmark_at("11"));
  p.bytes(event("ERROR", status_body(410, "Expired")));
  p.list(list_of({job("same", "3"), job("newer", "12"),
                  job("other", "13", "second"), job("fresh", "14")},
                 "15"));
  BOOST_TEST(p.told() == (words{"+newer@12", "-other", "+other@13", "+fresh@14",
                                "-missing", "=15"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(an_expired_page_starts_the_list_again_in_one_piece) {
  player p;
  p.list(list_of({job("a", "3"), job("b", "4")}, "9", "token"));
  p.answer_list(410, status_body(410, "Expired"));
  BOOST_TEST(player::parameter(p.page(), "continue").empty());
  BOOST_TEST(player::parameter(p.page(), "limit").empty());
  // `a` was deleted during the list.
  p.list(list_of({job("b", "4")}, "12"));
  BOOST_TEST(p.told() == (words{"-a", "=12"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_page_that_is_too_large_is_halved_where_it_was) {
  player p;
  BOOST_TEST(p.find<fetch_page>()->largest == reflector::largest_page);
  p.list(list_of({job("a", "3")}, "9", "token"));
  p.answer_too_large();
  BOOST_TEST(player::parameter(p.page(), "limit") == "250");
  BOOST_TEST(player::parameter(p.page(), "continue") == "token");
  p.answer_too_large();
  BOOST_TEST(player::parameter(p.page(), "limit") == "125");
  p.list(list_of({job("b", "4")}, "9"));
  BOOST_TEST(p.told() == (words{"+b@4", "=9"}), per_element());
  // The next list meets the same objects.
  p.open();
  p.bytes(bookmark_at("11"));
  p.bytes(event("ERROR", status_body(410, "Expired")));
  BOOST_TEST(player::parameter(p.page(), "limit") == "125");
}

BOOST_AUTO_TEST_CASE(a_single_object_that_is_too_large_is_trouble) {
  player p;
  for (int i = 0; i < 8; ++i)
    p.answer_too_large();
  BOOST_TEST(player::parameter(p.page(), "limit") == "1");
  p.answer_too_large();
  BOOST_TEST(p.page().empty());
  BOOST_REQUIRE(p.trouble() != nullptr);
  p.due();
  BOOST_TEST(player::parameter(p.page(), "limit") == "1");
}

BOOST_AUTO_TEST_CASE(a_list_in_one_piece_that_is_too_large_becomes_pages) {
  player p;
  p.list(list_of({job("a", "3"), job("b", "4")}, "9", "token"));
  p.answer_list(410, status_body(410, "Expired"));
  BOOST_TEST(p.find<fetch_page>()->largest == reflector::largest_list);
  p.answer_too_large();
  BOOST_TEST(p.page().empty());
  p.due();
  BOOST_TEST(player::parameter(p.page(), "limit") == "500");
  BOOST_TEST(player::parameter(p.page(), "continue").empty());
  p.list(list_of({job("b", "4")}, "12"));
  BOOST_TEST(p.told() == (words{"-a", "=12"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_failed_page_is_retried_alone) {
  for (int status : {0, 401, 403, 429, 500, 503, 504}) {
    player p;
    p.list(list_of({job("a", "3")}, "9", "token"));
    p.answer_list(status, {}, "no luck");
    BOOST_TEST(p.page().empty(), status);
    p.due();
    BOOST_TEST(player::parameter(p.page(), "continue") == "token", status);
    p.list(list_of({}, "9"));
    BOOST_TEST(p.told() == (words{"=9"}), per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_that_cannot_pass_starts_from_scratch) {
  player p;
  p.list(list_of({job("a", "3")}, "9", "token"));
  p.answer_list(400, status_body(400, "BadRequest", "bad token"));
  p.due();
  BOOST_TEST(player::parameter(p.page(), "continue").empty());
}

BOOST_AUTO_TEST_CASE(a_truncated_or_foreign_answer_is_no_list) {
  auto whole = list_of({job("a", "3")}, "9");
  for (const auto& body :
       {std::string{}, whole.substr(0, whole.size() - 1), std::string("{}"),
        std::string("<html>"), std::string(R"({"kind":"Status","items":[]})"),
        std::string(R"({"kind":"JobList","metadata":{},"items":[]})"),
        std::string(
            R"({"kind":"JobList","metadata":{"resourceVersion":"1"}})")}) {
    player p;
    p.list(body);
    BOOST_TEST(p.told().empty(), body);
    BOOST_REQUIRE(p.trouble() != nullptr);
    BOOST_TEST(p.trouble()->status == 200);
    p.due();
    BOOST_TEST(!p.page().empty(), body);
  }
}

BOOST_AUTO_TEST_CASE(
    after_410_it_asks_for_what_it_knows_and_then_for_anything) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "12")));
  p.close();
  p.close(410, status_body(410, "Expired"));
  BOOST_TEST(bound_of(p) == "12");
  BOOST_TEST(player::parameter(p.page(), "resourceVersionMatch") ==
             "NotOlderThan");
  p.answer_list(410, status_body(410, "Expired"));
  BOOST_TEST(bound_of(p).empty());
  BOOST_TEST(!p.page().empty());
  p.list(list_of({}, "20"));
  BOOST_TEST(p.told() == (words{"-a", "=20"}), per_element());
}

BOOST_AUTO_TEST_CASE(an_unbounded_list_that_expired_waits) {
  player p;
  p.answer_list(410, status_body(410, "Expired"));
  BOOST_TEST(p.page().empty());
  p.due();
  BOOST_TEST(!p.page().empty());
}

BOOST_AUTO_TEST_CASE(a_list_whose_version_expires_at_once_is_not_hurried) {
  player p;
  p.list(list_of({}, "10"));
  p.close(410, status_body(410, "Expired"));
  BOOST_TEST(p.page().empty());
  p.due();
  BOOST_TEST(!p.page().empty());
  BOOST_TEST(bound_of(p).empty());
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_behind_gets_a_second_and_then_no_more) {
  player p;
  p.reach_watch("10");
  p.bytes(bookmark_at("12"));
  p.close();
  p.close(410, status_body(410, "Gone"));
  for (int i = 0; i < reflector::replica_waits_limit; ++i) {
    BOOST_TEST(bound_of(p) == "12");
    p.answer_list(504, too_large_body());
    BOOST_TEST(p.delay() == 1s);
    BOOST_TEST(p.trouble() == nullptr);
    p.due();
  }
  p.answer_list(504, too_large_body());
  BOOST_TEST(bound_of(p).empty());
  BOOST_TEST(!p.page().empty());
}

BOOST_AUTO_TEST_CASE(a_restored_store_is_relisted) {
  player p;
  p.list(list_of({job("a", "90"), job("b", "91")}, "100"));
  p.open();
  p.bytes(event("ERROR", status_body(410, "Expired")));
  p.due();
  p.list(list_of({job("a", "40"), job("c", "41")}, "50"));
  BOOST_TEST(p.told() == (words{"+a@40", "+c@41", "-b", "=50"}), per_element());
  BOOST_TEST(p.did<log_line>());
  BOOST_TEST(p.core.resource_version() == "50");
  p.open();
  p.bytes(event("MODIFIED", job("a", "51")));
  BOOST_TEST(p.told() == (words{"+a@51"}), per_element());
}

BOOST_AUTO_TEST_CASE(an_answer_older_than_requested_is_ignored) {
  player p;
  p.reach_watch("10");
  p.bytes(event("ADDED", job("a", "12")));
  p.bytes(event("ERROR", status_body(410, "Expired")));
  p.list(list_of({}, "11"));
  BOOST_TEST(p.told().empty());
  p.due();
  BOOST_TEST(bound_of(p).empty());
  BOOST_TEST(!p.page().empty());
}

BOOST_AUTO_TEST_CASE(objects_without_name_or_uid_are_skipped_and_logged) {
  player p;
  p.list(list_of({R"({"metadata":{"name":"x"}})", job("a", "3"),
                  R"({"metadata":{"uid":"u"}})", "7"},
                 "9"));
  BOOST_TEST(p.told() == (words{"+a@3", "=9"}), per_element());
  BOOST_TEST(p.did<log_line>());
}

BOOST_AUTO_TEST_CASE(unexpected_answers_are_ignored) {
  player p;
  p.list(list_of({job("a", "3")}, "9"));
  p.list(list_of({}, "10"));
  BOOST_TEST(p.last.empty());
  p.core.stop();
  p.list(list_of({}, "10"));
  BOOST_TEST(p.last.empty());
  BOOST_TEST(p.core.start().size() == 1u);
  BOOST_TEST(p.core.start().empty());
}

BOOST_AUTO_TEST_SUITE_END()
