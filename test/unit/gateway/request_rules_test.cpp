#include "actors/gateway/request_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

const std::vector<route> routes = {
    {route::kind::probe, "/healthz", 0, nullptr},
    {route::kind::review, "/convert", 100, nullptr},
};

request_head head(const std::string& method, const std::string& path,
                  const std::string& type = {}) {
  request_head made;
  made.method = method;
  made.path = path;
  made.content_type = type;
  return made;
}

request_head review(const std::string& type = "application/json") {
  return head("POST", "/convert", type);
}

request_head sized(request_head made, uint64_t bytes) {
  made.content_length = bytes;
  return made;
}

request_head expecting(request_head made, const std::string& what) {
  made.expect = what;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_rules)

BOOST_AUTO_TEST_CASE(requests_are_routed) {
  struct row {
    const char* what;
    request_head head;
    /// 0: taken.
    int status;
    const char* reason;
    const char* allow;
  };
  const row rows[] = {
      {"a review", review(), 0, "", ""},
      {"a parameter of the type", review("application/json; charset=utf-8"), 0,
       "", ""},
      {"blanks before it", review("application/json \t;x=y"), 0, "", ""},
      {"letters of any case", review("Application/JSON"), 0, "", ""},
      {"as long as it may be", sized(review(), 100), 0, "", ""},
      {"announced", expecting(review(), "100-Continue"), 0, "", ""},
      {"a probe", head("GET", "/healthz"), 0, "", ""},
      {"without its body", head("HEAD", "/healthz"), 0, "", ""},
      {"of one check", head("GET", "/healthz/x/y"), 0, "", ""},

      {"an unknown path", head("GET", "/metrics"), 404, "/metrics", ""},
      {"the root", head("GET", "/"), 404, "no such path: /", ""},
      {"no path", head("OPTIONS", "*"), 404, "no such path: *", ""},
      {"a longer name", head("GET", "/healthzz"), 404, "/healthzz", ""},
      {"below a review", head("POST", "/convert/x"), 404, "/convert/x", ""},
      {"another method", head("GET", "/convert"), 405, "accepts POST, not GET",
       "POST"},
      {"another method for a probe", head("POST", "/healthz"), 405,
       "accepts GET, HEAD, not POST", "GET, HEAD"},
      {"methods are in capitals", head("post", "/convert"), 405, "not post",
       "POST"},
      {"no type", review(""), 400, "Content-Type is missing", ""},
      {"another type", review("text/plain"), 400, "is 'text/plain'", ""},
      {"a longer type", review("application/jsonx"), 400,
       "must be 'application/json'", ""},
      {"a shorter type", review("application/jso"), 400, "", ""},
      {"too long", sized(review(), 101), 413, "larger than 100 bytes", ""},
      {"far too long", sized(review(), UINT64_MAX), 413, "100 bytes", ""},
      {"a probe with a body", sized(head("GET", "/healthz"), 1), 413,
       "larger than 0 bytes", ""},
      {"another expectation", expecting(review(), "200-ok"), 417,
       "the only supported Expect", ""},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      auto found = judge(r.head, routes);
      BOOST_TEST((found.to != nullptr) == (r.status == 0));
      if (r.status == 0)
        continue;
      BOOST_TEST(found.refusal.content.status == r.status);
      BOOST_TEST(found.refusal.content.body.find(r.reason) != std::string::npos,
                 found.refusal.content.body);
      BOOST_TEST(found.refusal.content.body.ends_with('\n'));
      BOOST_TEST(found.refusal.allow == r.allow);
      BOOST_TEST(!found.refusal.retry);
    }
  }
  BOOST_TEST(judge(review(), routes).to == &routes[1]);
}

BOOST_AUTO_TEST_CASE(a_target_is_split_at_the_first_question_mark) {
  BOOST_TEST(split("/a").path == "/a");
  BOOST_TEST(split("/a").query == "");
  BOOST_TEST(split("/a?b?c=d").path == "/a");
  BOOST_TEST(split("/a?b?c=d").query == "b?c=d");
  BOOST_TEST(split("?").path == "");
}

BOOST_AUTO_TEST_CASE(a_busy_server_sends_retry_after) {
  BOOST_TEST(too_busy().content.status == 503);
  BOOST_TEST(too_busy().retry);
}

BOOST_AUTO_TEST_SUITE_END()
