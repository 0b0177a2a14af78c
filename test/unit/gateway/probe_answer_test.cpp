#include "actors/gateway/probe_answer.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace locust;

namespace locust {

std::ostream& operator<<(std::ostream& out, const http_answer& answer) {
  return out << answer.status << ' ' << answer.content_type << ": "
             << answer.body;
}

} // namespace locust

namespace {

http_request get(const std::string& path, const std::string& query = {}) {
  http_request request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  return request;
}

http_answer text(int status, const std::string& body) {
  return {status, "text/plain; charset=utf-8", body};
}

const std::vector<probe_check> well = {{"webhook", ""}, {"readyz", ""}};
const std::vector<probe_check> ill = {{"webhook", "no port"}, {"readyz", ""}};

} // namespace

BOOST_AUTO_TEST_SUITE(probe_answer)

BOOST_AUTO_TEST_CASE(requests_are_answered) {
  struct row {
    const char* what;
    const char* path;
    const char* query;
    const std::vector<probe_check>& checks;
    http_answer answer;
  };
  const row rows[] = {
      {"all is well", "/readyz", "", well, text(200, "ok")},
      {"a slash at the end changes nothing", "/readyz/", "", well,
       text(200, "ok")},
      {"verbose, checks in the order of their names", "/readyz", "verbose",
       well, text(200, "[+]readyz ok\n[+]webhook ok\nreadyz check passed\n")},
      {"verbose with a value", "/readyz", "verbose=0", well,
       text(200, "[+]readyz ok\n[+]webhook ok\nreadyz check passed\n")},
      {"one is not well: which, but not why", "/readyz", "", ill,
       text(500, "[+]readyz ok\n[-]webhook failed: reason withheld\n"
                 "readyz check failed\n")},
      {"the one that is not well is excluded", "/readyz", "exclude=webhook",
       ill, text(200, "ok")},
      {"excluded and verbose", "/readyz", "verbose&exclude=webhook", ill,
       text(200,
            "[+]readyz ok\n[+]webhook excluded: ok\nreadyz check passed\n")},
      {"another is excluded", "/readyz", "exclude=readyz", ill,
       text(500, "[+]readyz excluded: ok\n"
                 "[-]webhook failed: reason withheld\nreadyz check failed\n")},
      {"all are excluded", "/readyz", "exclude=readyz&exclude=webhook", ill,
       text(200, "ok")},
      {"unknown ones are excluded", "/readyz",
       "exclude=b&verbose&exclude=a&exclude", well,
       text(200, "[+]readyz ok\n[+]webhook ok\n"
                 "warn: some health checks cannot be excluded: no matches for "
                 "\"a\", \"b\"\nreadyz check passed\n")},
      {"other words in the query mean nothing", "/readyz", "&&x=1&=&timeout",
       well, text(200, "ok")},
      {"one check that is well", "/readyz/readyz", "", ill, text(200, "ok")},
      {"one check that is not, with its reason", "/readyz/webhook", "", ill,
       text(500, "internal server error: no port\n")},
      {"no such check", "/readyz/ping", "", well,
       text(404, "404 page not found\n")},
      {"nothing is below a check", "/readyz/readyz/x", "", well,
       text(404, "404 page not found\n")},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.what)
  BOOST_TEST(answer_probe(get(r.path, r.query), "/readyz", r.checks) ==
             r.answer);
}

BOOST_AUTO_TEST_CASE(a_check_is_made_only_when_it_counts) {
  struct row {
    const char* path;
    const char* query;
    bool asked;
  };
  const row rows[] = {
      {"/readyz", "", true},
      {"/readyz/", "verbose", true},
      {"/readyz/webhook", "", true},
      {"/readyz/webhook", "exclude=webhook", true},
      {"/readyz", "exclude=readyz", true},
      {"/readyz", "exclude=webhook", false},
      {"/readyz/readyz", "", false},
  };
  for (const auto& r : rows)
    BOOST_TEST(asks_for(get(r.path, r.query), "/readyz", "webhook") == r.asked,
               r.path << '?' << r.query);
}

BOOST_AUTO_TEST_SUITE_END()
