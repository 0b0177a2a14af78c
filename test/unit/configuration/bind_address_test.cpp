#include "actors/configuration/bind_address.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

BOOST_AUTO_TEST_SUITE(bind_addresses)

BOOST_AUTO_TEST_CASE(host_and_port_are_separated) {
  struct row {
    const char* text;
    bind_address value;
  };
  for (const auto& [text, value] :
       {row{":8081", {"", 8081}}, row{":0", {"", 0}},
        row{":65535", {"", 65535}}, row{"127.0.0.1:1", {"127.0.0.1", 1}},
        row{"localhost:8080", {"localhost", 8080}},
        row{"[::1]:9443", {"::1", 9443}}, row{"[::]:9443", {"::", 9443}}}) {
    auto parsed = parse_bind_address(text);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), text);
    BOOST_TEST((*parsed == value), text);
    BOOST_TEST(to_string(*parsed) == text);
  }
}

BOOST_AUTO_TEST_CASE(faults_are_explained) {
  struct row {
    const char* text;
    const char* why;
  };
  for (auto [text, why] :
       {row{"", "the port is missing"}, row{"8081", "the port is missing"},
        row{"localhost", "the port is missing"},
        row{"[::1]", "the port is missing"},
        row{":", "the port is not a number from 0 to 65535"},
        row{":65536", "the port is not a number from 0 to 65535"},
        row{":-1", "the port is not a number from 0 to 65535"},
        row{":http", "the port is not a number from 0 to 65535"},
        row{": 80", "the port is not a number from 0 to 65535"},
        row{"::1:80", "an IPv6 address must be in brackets"},
        row{"[]:80", "the host is neither a name nor an IP address"},
        row{"[1.2.3.4]:80", "there is no IPv6 address in the brackets"},
        row{"[::g]:80", "there is no IPv6 address in the brackets"},
        row{"1.2.3:80", "the host is neither a name nor an IP address"},
        row{"1.2.3.256:80", "the host is neither a name nor an IP address"},
        row{"a b:80", "the host is neither a name nor an IP address"},
        row{"a/b:80", "the host is neither a name nor an IP address"}}) {
    auto parsed = parse_bind_address(text);
    BOOST_REQUIRE_MESSAGE(!parsed.has_value(), text);
    BOOST_TEST(parsed.error().message == why, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
