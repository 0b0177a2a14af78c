#include "actors/admission/mount_path.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>

using namespace locust;

BOOST_AUTO_TEST_SUITE(mount_paths)

BOOST_AUTO_TEST_CASE(a_clean_path_has_one_spelling) {
  struct row {
    std::string_view path;
    std::string_view clean;
  };
  for (auto [path, clean] :
       std::initializer_list<row>{{"/", "/"},
                                  {"", "/"},
                                  {"//", "/"},
                                  {".", "/"},
                                  {"..", "/"},
                                  {"/..", "/"},
                                  {"/../../a", "/a"},
                                  {"/a", "/a"},
                                  {"a", "/a"},
                                  {"./a", "/a"},
                                  {"/a/", "/a"},
                                  {"/a//", "/a"},
                                  {"//a///b/", "/a/b"},
                                  {"/a/./b/.", "/a/b"},
                                  {"/a/../b", "/b"},
                                  {"/a/b/..", "/a"},
                                  {"/a/b/../..", "/"},
                                  {"/a/..b/...", "/a/..b/..."},
                                  {"/lotest/x/../src/.//", "/lotest/src"}})
    BOOST_TEST(clean_path(path) == clean, path);
}

BOOST_AUTO_TEST_CASE(paths_conflict_when_one_is_inside_the_other) {
  struct row {
    std::string_view a;
    std::string_view b;
    bool conflict;
  };
  for (auto [a, b, conflict] :
       std::initializer_list<row>{{"/lotest/src", "/lotest/src", true},
                                  {"/lotest/src/keys", "/lotest/src", true},
                                  {"/lotest", "/lotest/src", true},
                                  {"/", "/lotest/src", true},
                                  {"/", "/", true},
                                  {"/lotest/src2", "/lotest/src", false},
                                  {"/lotest/sr", "/lotest/src", false},
                                  {"/other", "/lotest/src", false}}) {
    BOOST_TEST(paths_conflict(a, b) == conflict, a);
    BOOST_TEST(paths_conflict(b, a) == conflict, a);
  }
}

BOOST_AUTO_TEST_SUITE_END()
