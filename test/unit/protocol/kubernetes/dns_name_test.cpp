#include "protocol/kubernetes/dns_name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;

BOOST_AUTO_TEST_SUITE(dns_names)

BOOST_AUTO_TEST_CASE(labels_between_single_dots_are_a_subdomain) {
  for (auto* text : {"a", "0", "gvisor", "a-b", "a--b", "a.b", "kata-qemu.v2",
                     "1.2.3", "x-1.y-2"})
    BOOST_TEST(is_dns_subdomain(text), text);
}

BOOST_AUTO_TEST_CASE(anything_else_is_not) {
  for (auto* text : {"", "-a", "a-", "A", "gVisor", "a_b", "a..b", ".a", "a.",
                     "a.-b", "a-.b", "a b", " a", "a\n", "\xc3\xa9"})
    BOOST_TEST(!is_dns_subdomain(text), text);
}

BOOST_AUTO_TEST_CASE(it_has_at_most_253_characters) {
  BOOST_TEST(is_dns_subdomain(std::string(253, 'a')));
  BOOST_TEST(!is_dns_subdomain(std::string(254, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
