#include "actors/admission/kubernetes_names.hpp"
#include "protocol/kubernetes/dns_name.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>

using namespace locust;

BOOST_AUTO_TEST_SUITE(names_of_kubernetes)

BOOST_AUTO_TEST_CASE(a_dns_label_has_at_most_63_characters_and_no_dot) {
  for (auto* text : {"a", "0", "a-b", "a--b", "1-2"})
    BOOST_TEST(is_dns_label(text), text);
  for (auto* text : {"", "-a", "a-", "A", "a.b", "a_b", "a b", "\xc3\xa9"})
    BOOST_TEST(!is_dns_label(text), text);
  BOOST_TEST(is_dns_label(std::string(63, 'a')));
  BOOST_TEST(!is_dns_label(std::string(64, 'a')));
}

BOOST_AUTO_TEST_CASE(a_label_key_is_a_name_after_an_optional_dns_name) {
  for (auto* text : {"a", "A", "app", "a.b_c-D", "0", "example.com/a", "x/Y.z"})
    BOOST_TEST(is_label_key(text), text);
  for (auto* text : {"", "/", "a/", "/a", "-a", "a-", "_a", "a.", "a b",
                     "a/b/c", "A/b", "a_b/c", "a=b", "\xc3\xa9", "a\n"})
    BOOST_TEST(!is_label_key(text), text);
  auto prefix = std::string(253, 'p');
  BOOST_TEST(is_label_key(prefix + "/" + std::string(63, 'n')));
  BOOST_TEST(!is_label_key(prefix + "/" + std::string(64, 'n')));
  BOOST_TEST(!is_label_key(prefix + "p/n"));
}

BOOST_AUTO_TEST_CASE(the_prefix_of_an_annotation_key_may_have_capitals) {
  BOOST_TEST(is_annotation_key("Example.COM/Key"));
  BOOST_TEST(is_annotation_key("key"));
  for (auto* text : {"", "a/b/c", "a_b/c", "-a", "a b"})
    BOOST_TEST(!is_annotation_key(text), text);
}

BOOST_AUTO_TEST_CASE(a_label_value_may_be_empty) {
  for (auto* text : {"", "a", "A.b_c-0"})
    BOOST_TEST(is_label_value(text), text);
  for (auto* text : {"-", "a-", ".a", "a b", "a/b", "\xc3\xa9", "$(X)"})
    BOOST_TEST(!is_label_value(text), text);
  BOOST_TEST(is_label_value(std::string(63, 'a')));
  BOOST_TEST(!is_label_value(std::string(64, 'a')));
}

BOOST_AUTO_TEST_CASE(a_variable_has_a_printable_name_without_equals_sign) {
  for (auto* text : {"A", "a.b-c", "1", "with space", "$", "~"})
    BOOST_TEST(is_variable_name(text), text);
  for (auto* text : {"", "=", "a=b", "a\tb", "\x7f", "\xc3\xa9"})
    BOOST_TEST(!is_variable_name(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
