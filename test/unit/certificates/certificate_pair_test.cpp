#include "actors/certificates/certificate_pair.hpp"
#include "openssl_judge.hpp"
#include "props.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <set>

using namespace locust;
using namespace std::chrono_literals;
using test::made_at;
using test::minds_of_client;
using test::today;

namespace {

std::string minds(const certificate_pair& pair, const std::string& host,
                  timestamp at = today) {
  return minds_of_client(pair.certificate, pair.authorities, host, at);
}

std::string serial_of(const std::string& pem) {
  auto read = openssl::read_certificates(pem);
  BOOST_TEST_REQUIRE(read.size() == 1u);
  openssl::bignum number{
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(read[0].get()), nullptr)};
  BOOST_TEST(BN_is_negative(number.get()) == 0);
  BOOST_TEST(BN_num_bits(number.get()) == 159);
  auto* digits = BN_bn2hex(number.get());
  std::string result(digits);
  OPENSSL_free(digits);
  return result;
}

/// The error of `check_pair`; empty if there is none.
std::string complaint(const certificate_pair& pair, timestamp at = today) {
  auto facts = check_pair(pair, at);
  return facts ? "" : facts.error().message;
}

bool says(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(certificate_pair_)

BOOST_AUTO_TEST_CASE(a_strict_client_takes_it_for_its_hosts_only) {
  auto pair = made_at(today);
  BOOST_TEST(minds(pair, "hook.ns.svc") == "");
  BOOST_TEST(minds(pair, "127.0.0.1") == "");
  BOOST_TEST(minds(pair, "other.ns.svc") != "");
  BOOST_TEST(minds(pair, "127.0.0.2") != "");
}

BOOST_AUTO_TEST_CASE(all_kinds_of_hosts_come_back) {
  host_names hosts = {"a", "hook.ns.svc.cluster.local", "10.0.0.1",
                      "2001:db8::1", std::string(200, 'x') + ".svc"};
  auto pair = made_at(today, hosts);
  for (const auto& host : hosts)
    BOOST_TEST(minds(pair, host) == "");
  auto facts = check_pair(pair, today);
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST(in_words(facts->hosts) == in_words(hosts));
}

BOOST_AUTO_TEST_CASE(another_ca_does_not_verify_it) {
  auto pair = made_at(today);
  auto other = made_at(today);
  BOOST_TEST(minds_of_client(pair.certificate, other.authorities, "hook.ns.svc",
                             today) != "");
  BOOST_TEST(minds_of_client(pair.certificate,
                             other.authorities + pair.authorities,
                             "hook.ns.svc", today) == "");
}

BOOST_AUTO_TEST_CASE(it_is_valid_from_an_hour_ago_for_a_year) {
  auto pair = made_at(today);
  auto last = today - 1h + std::chrono::days(365);
  BOOST_TEST(minds(pair, "127.0.0.1", today - 1h) == "");
  BOOST_TEST(minds(pair, "127.0.0.1", today - 1h - 1s) != "");
  BOOST_TEST(minds(pair, "127.0.0.1", last - 1s) == "");
  BOOST_TEST(minds(pair, "127.0.0.1", last + 1s) != "");
  auto facts = check_pair(pair, today);
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST((facts->not_before == today - 1h));
  BOOST_TEST((facts->not_after == last));
  // The CA expires with the certificate, not before.
  BOOST_TEST((facts->issuer.not_before == today - 1h));
  BOOST_TEST((facts->issuer.not_after == last));
}

BOOST_AUTO_TEST_CASE(times_past_2049_have_another_form) {
  auto later = today + std::chrono::days(366 * 40);
  auto pair = made_at(later);
  BOOST_TEST(minds(pair, "127.0.0.1", later) == "");
  auto facts = check_pair(pair, later);
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST((facts->not_before == later - 1h));
}

BOOST_AUTO_TEST_CASE(serial_numbers_and_authorities_never_repeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    auto pair = made_at(today);
    seen.insert(serial_of(pair.certificate));
    seen.insert(serial_of(pair.authorities));
    auto authority = openssl::read_certificates(pair.authorities);
    char* name = X509_NAME_oneline(X509_get_subject_name(authority[0].get()),
                                   nullptr, 0);
    seen.insert(name);
    OPENSSL_free(name);
  }
  BOOST_TEST(seen.size() == 60u);
}

BOOST_AUTO_TEST_CASE(key_usage_is_minimal) {
  auto pair = made_at(today);
  auto server = openssl::read_certificates(pair.certificate);
  auto authority = openssl::read_certificates(pair.authorities);
  BOOST_TEST(X509_check_ca(server[0].get()) == 0);
  BOOST_TEST(X509_check_ca(authority[0].get()) == 1);
  BOOST_TEST(X509_get_pathlen(authority[0].get()) == 0);
  BOOST_TEST(X509_get_key_usage(server[0].get()) ==
             uint32_t{KU_DIGITAL_SIGNATURE});
  BOOST_TEST(X509_get_key_usage(authority[0].get()) ==
             uint32_t{KU_KEY_CERT_SIGN});
  BOOST_TEST(X509_get_extended_key_usage(server[0].get()) ==
             uint32_t{XKU_SSL_SERVER});
  BOOST_TEST(
      ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(server[0].get()),
                            X509_get0_subject_key_id(authority[0].get())) == 0);
}

BOOST_AUTO_TEST_CASE(unusable_pairs_have_a_reason) {
  auto good = made_at(today);
  auto other = made_at(today);
  struct spoilt {
    const char* word;
    certificate_pair pair;
  };
  for (const auto& [word, pair] : std::initializer_list<spoilt>{
           {"no certificate", {}},
           {"no certificate", {"garbage", good.key, good.authorities}},
           {"no certificate", {good.key, good.key, good.authorities}},
           {"no private key", {good.certificate, "", good.authorities}},
           {"no private key",
            {good.certificate, good.certificate, good.authorities}},
           {"does not belong to the certificate",
            {good.certificate, other.key, good.authorities}},
           {"is not valid", {good.certificate, good.key, ""}},
           {"is not valid", {good.certificate, good.key, "garbage"}},
           {"is not valid", {good.certificate, good.key, other.authorities}},
           {"is not valid", {good.certificate, good.key, good.certificate}}})
    BOOST_TEST(says(complaint(pair), word), complaint(pair));
  auto cut = good;
  cut.certificate.resize(cut.certificate.size() / 2);
  BOOST_TEST(says(complaint(cut), "no certificate"));
  BOOST_TEST(complaint(good) == "");
}

BOOST_AUTO_TEST_CASE(time_counts) {
  auto pair = made_at(today);
  BOOST_TEST(says(complaint(pair, today - 2h), "not yet valid"));
  BOOST_TEST(says(complaint(pair, today + std::chrono::days(365)), "expired"));
}

BOOST_AUTO_TEST_CASE(a_key_with_a_password_is_no_key_and_nobody_is_asked) {
  auto pair = made_at(today);
  auto key = openssl::read_key(pair.key);
  openssl::bio to{BIO_new(BIO_s_mem())};
  char password[] = "secret";
  BOOST_TEST_REQUIRE(PEM_write_bio_PKCS8PrivateKey(to.get(), key.get(),
                                                   EVP_aes_128_cbc(), password,
                                                   6, nullptr, nullptr) == 1);
  pair.key = openssl::written_to(to.get());
  BOOST_TEST(says(complaint(pair), "no private key"));
}

BOOST_AUTO_TEST_CASE(it_is_verified_among_many_authorities) {
  auto pair = made_at(today);
  auto own = authorities_in(pair.authorities);
  pair.authorities = made_at(today).authorities + "noise\n" + pair.authorities +
                     made_at(today).authorities;
  auto facts = check_pair(pair, today);
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST((facts->issuer == own.at(0)));
}

BOOST_AUTO_TEST_CASE(authorities_are_read_once_each_and_nothing_else_is) {
  auto a = made_at(today);
  auto b = made_at(today);
  auto found = authorities_in(a.authorities + "\n# and\n" + a.certificate +
                              b.authorities + a.key + a.authorities);
  BOOST_TEST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].pem == a.authorities);
  BOOST_TEST(found[1].pem == b.authorities);
  BOOST_TEST(authorities_in("").empty());
  BOOST_TEST(authorities_in("-----BEGIN CERTIFICATE-----\nAAAA\n").empty());
  auto broken =
      "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n" +
      b.authorities;
  BOOST_TEST(authorities_in(broken).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_error_queue_stays_unchanged) {
  ERR_clear_error();
  check_pair({"garbage", "garbage", "garbage"}, today);
  auto good = made_at(today);
  check_pair({good.certificate, good.key, ""}, today);
  authorities_in("-----BEGIN CERTIFICATE-----\n!!!\n");
  BOOST_TEST(ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
