#include "actors/certificates/remarks.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

const remark bad = {remark_level::warning, "bad"};
const remark worse = {remark_level::error, "worse"};
const remark by_the_way = {remark_level::info, "by the way"};

struct fixture {
  /// What is news of a look that found this about one object.
  std::vector<remark> look(const std::string& key, const remark& found) {
    remarks.note("it", key, found);
    return remarks.news();
  }

  recurring_remarks remarks;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remarks_, fixture)

BOOST_AUTO_TEST_CASE(a_trouble_is_told_once_and_its_end) {
  BOOST_TEST((look("a", bad) == std::vector{bad}));
  BOOST_TEST(look("a", bad).empty());
  BOOST_TEST(look("a", {remark_level::warning, "in other words"}).empty());
  BOOST_TEST((look("b", worse) == std::vector{worse}));
  BOOST_TEST((remarks.news() == std::vector<remark>{{remark_level::info,
                                                     "it is in order again"}}));
  BOOST_TEST(remarks.news().empty());
  BOOST_TEST((look("b", worse) == std::vector{worse}));
}

BOOST_AUTO_TEST_CASE(what_is_no_trouble_has_no_end) {
  BOOST_TEST((look("a", by_the_way) == std::vector{by_the_way}));
  BOOST_TEST(look("a", by_the_way).empty());
  BOOST_TEST(remarks.news().empty());
}

BOOST_AUTO_TEST_CASE(the_last_word_of_a_look_counts) {
  remarks.note("it", "a", by_the_way);
  BOOST_TEST((look("b", bad) == std::vector{bad}));
}

BOOST_AUTO_TEST_CASE(each_object_has_its_own) {
  remarks.note("that", "a", bad);
  BOOST_TEST(look("a", bad).size() == 2u);
  BOOST_TEST((look("a", bad) ==
              std::vector<remark>{{remark_level::info, "that is in order "
                                                       "again"}}));
}

BOOST_AUTO_TEST_SUITE_END()
