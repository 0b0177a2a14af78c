#include "actors/gateway/access_answer.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using kind = access_verdict::kind;

BOOST_AUTO_TEST_SUITE(access_answer_)

BOOST_AUTO_TEST_CASE(a_bearer_token_is_found) {
  for (const char* header :
       {"Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc"})
    BOOST_TEST(bearer_token(header).value_or("none") == "abc", header);
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
  for (const char* header : {"", "Bearer", "Bearer ", "Bearer    ", "abc",
                             "Basic abc", "Bearerabc", "Bearer a b", "Bear"})
    BOOST_TEST(!bearer_token(header).has_value(), header);
}

BOOST_AUTO_TEST_CASE(refusals_name_the_user) {
  auto answer = answer_refusal({kind::unknown, ""});
  BOOST_TEST(answer.status == 401);
  answer = answer_refusal({kind::denied, "system:serviceaccount:a:b"});
  BOOST_TEST(answer.status == 403);
  BOOST_TEST(answer.body ==
             "Authorization denied for user system:serviceaccount:a:b\n");
  answer = answer_refusal({kind::unauthenticated, ""});
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body == "Authentication failed\n");
  answer = answer_refusal({kind::undecided, "x"});
  BOOST_TEST(answer.status == 500);
  BOOST_TEST(answer.body == "Authorization for user x failed\n");
}

BOOST_AUTO_TEST_SUITE_END()
