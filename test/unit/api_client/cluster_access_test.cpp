#include "actors/api_client/cluster_access.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(server_urls)

BOOST_AUTO_TEST_CASE(valid_urls_are_normalised) {
  struct row {
    const char* text;
    const char* expected;
    const char* endpoint;
  };
  const row rows[] = {
      {"https://10.0.0.1:6443", "https://10.0.0.1:6443", "10.0.0.1:6443"},
      {"https://api.example.com", "https://api.example.com:443",
       "api.example.com:443"},
      {"http://localhost:8080/", "http://localhost:8080", "localhost:8080"},
      {"localhost:8080", "http://localhost:8080", "localhost:8080"},
      {"https://h/k8s/clusters/c-1/", "https://h:443/k8s/clusters/c-1",
       "h:443"},
      {"https://[::1]:6443", "https://[::1]:6443", "[::1]:6443"},
      {"https://[fd00::1]", "https://[fd00::1]:443", "[fd00::1]:443"},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.text) {
      auto url = parse_server_url(r.text);
      BOOST_REQUIRE(url);
      BOOST_TEST(url->to_string() == r.expected);
      BOOST_TEST(url->endpoint() == r.endpoint);
    }
}

BOOST_AUTO_TEST_CASE(invalid_urls_are_rejected) {
  for (auto text :
       {"", "https://", "ftp://h", "https://u:p@h", "https://h?x",
        "https://h#x", "https://h:0", "https://h:65536",
        "https://h:", "https://h:x", "https://h h", "https://h\r\nX: y",
        "https://[::1", "https://a_/b c", "https://[g::]:1"})
    BOOST_TEST_CONTEXT(text) {
      auto url = parse_server_url(text);
      BOOST_TEST(!url);
      if (!url)
        BOOST_TEST((url.error().code == errc::bad_setting));
    }
}

BOOST_AUTO_TEST_SUITE_END()
