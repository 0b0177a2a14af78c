#include "actors/gateway/tls_pair.hpp"
#include "certificates.hpp"
#include "protocol/time.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

using namespace locust;
using namespace locust::test;

BOOST_AUTO_TEST_SUITE(tls_pair_)

BOOST_AUTO_TEST_CASE(a_valid_pair_is_accepted) {
  auto pair = make_chain_for("server");
  auto made = make_tls_pair(pair.chain, pair.key);
  BOOST_TEST_REQUIRE(made.has_value());
  auto end = parse_rfc3339(made->valid_until);
  BOOST_TEST_REQUIRE(end.has_value());
  auto left = *end - std::chrono::system_clock::now();
  BOOST_TEST((left > std::chrono::minutes(50)));
  BOOST_TEST((left < std::chrono::minutes(70)));
}

BOOST_AUTO_TEST_CASE(text_around_the_blocks_does_no_harm) {
  auto pair = make_pair_for("server");
  BOOST_TEST(make_tls_pair("subject=CN = server\n" + pair.chain + "\nend\n",
                           "# key\n" + pair.key)
                 .has_value());
}

BOOST_AUTO_TEST_CASE(a_bad_pair_is_refused_with_the_reason) {
  auto good = make_pair_for("server");
  auto other = make_pair_for("other");
  auto chain = make_chain_for("server");
  auto second = chain.chain.find("-----BEGIN", 1);
  const std::string begin = "-----BEGIN CERTIFICATE-----\n";
  struct row {
    const char* what;
    std::string chain;
    std::string key;
    const char* reason;
  };
  const row rows[] = {
      {"empty files", "", "", "no certificate in PEM form"},
      {"no certificate", "hello\n", good.key, "no certificate in PEM form"},
      {"a key in its place", good.key, good.key, "no certificate in PEM form"},
      {"cut off", good.chain.substr(0, 100), good.key, "cannot be read"},
      {"not base64", begin + "*\n-----END CERTIFICATE-----\n", good.key,
       "cannot be read"},
      {"base64 of something else",
       begin + "aGVsbG8=\n-----END CERTIFICATE-----\n", good.key,
       "cannot be read"},
      {"the second of the chain is cut off",
       chain.chain.substr(0, second + 100), chain.key, "a later certificate"},
      {"no key", good.chain, "", "no unencrypted key"},
      {"a certificate in its place", good.chain, good.chain,
       "no unencrypted key"},
      {"a key under a pass phrase", good.chain, encrypted_key(good),
       "no unencrypted key"},
      {"the key of another", good.chain, other.key, "does not belong to"},
      {"the key of the second one of the chain",
       chain.chain.substr(second) + chain.chain.substr(0, second), chain.key,
       "does not belong to"},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      auto made = make_tls_pair(r.chain, r.key);
      BOOST_TEST_REQUIRE(!made.has_value());
      BOOST_TEST(made.error().message.find(r.reason) != std::string::npos,
                 made.error().message);
      // Otherwise the next TLS connection of this thread would fail.
      BOOST_TEST(ERR_peek_error() == 0u);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
