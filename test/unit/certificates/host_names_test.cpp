#include "actors/certificates/host_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

struct host_case {
  const char* text;
  const char* canonical; ///< null: it is no host
};

} // namespace

BOOST_AUTO_TEST_SUITE(host_names_)

BOOST_AUTO_TEST_CASE(a_host_has_one_form) {
  for (const auto& [text, canonical] : std::initializer_list<host_case>{
           {"hook.ns.svc", "hook.ns.svc"},
           {"Hook.NS.svc", "hook.ns.svc"},
           {"10.0.0.1", "10.0.0.1"},
           {"[::1]", "::1"},
           {"[2001:DB8:0:0:0:0:0:1]", "2001:db8::1"},
           {"10.0.0.256", "10.0.0.256"}, // a name, if a poor one
           {"a_b", "a_b"},
           {"", nullptr},
           {"[]", nullptr},
           {"a..b", nullptr},
           {".a", nullptr},
           {"a b", nullptr},
           {"a,DNS:evil", nullptr},
           {"*.ns.svc", nullptr},
           {"[fe80::1%eth0]", nullptr},
           {"b\xc3\xbc"
            "cher",
            nullptr}}) {
    auto host = canonical_host(text);
    BOOST_TEST(host.has_value() == (canonical != nullptr), text);
    if (host && canonical != nullptr)
      BOOST_TEST(*host == canonical);
  }
  BOOST_TEST(canonical_host(std::string(253, 'a')).has_value());
  BOOST_TEST(!canonical_host(std::string(254, 'a')).has_value());
  BOOST_TEST(!canonical_host(std::string_view("a\0b", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(addresses_go_to_bytes_and_back) {
  for (std::string text : {"127.0.0.1", "255.255.255.255", "::", "2001:db8::1",
                           "::ffff:10.0.0.1"}) {
    auto bytes = address_bytes(text);
    BOOST_TEST_REQUIRE(bytes.has_value());
    BOOST_TEST(address_text(*bytes).value_or("") == text);
  }
  BOOST_TEST(!address_bytes("hook").has_value());
  BOOST_TEST(!address_text("five.").has_value());
}

BOOST_AUTO_TEST_CASE(a_service_has_four_names) {
  BOOST_TEST(in_words(service_hosts("hook", "ns")) ==
             "hook, hook.ns, hook.ns.svc, hook.ns.svc.cluster.local");
}

BOOST_AUTO_TEST_SUITE_END()
