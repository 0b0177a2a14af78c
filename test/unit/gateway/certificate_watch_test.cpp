#include "actors/gateway/certificate_watch.hpp"
#include "certificates.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

certificate_view view_of(const pem_pair& pair) {
  return {pair.chain, pair.key};
}

auto missing(const std::string& path) {
  return fail(errc::not_found, path + " cannot be read: No such file");
}

struct fixture {
  certificate_watch::outcome check(const certificate_view& seen) {
    auto what = watch.check(seen, now);
    now += what.next;
    return what;
  }

  bool has(const certificate_watch::outcome& what, const char* words) {
    return what.log_line.find(words) != std::string::npos;
  }

  monotonic_time now{1h};
  certificate_place place{"/c/tls.crt", "/c/tls.key", "webhook",
                          "or set --webhook-self-managed-certs instead", 2min};
  certificate_watch watch{place, now};

  pem_pair first = make_pair_for("first");
  pem_pair second = make_pair_for("second");
  certificate_view nothing{missing("/c/tls.crt"), missing("/c/tls.key")};
  certificate_view mixed{second.chain, first.key};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificate_watch_, fixture)

BOOST_AUTO_TEST_CASE(existing_files_are_used_at_once) {
  auto what = check(view_of(first));
  BOOST_TEST((what.use == view_of(first)));
  BOOST_TEST(what.log_line == "");
  BOOST_TEST((what.next > 1s && what.next <= 10s));
}

BOOST_AUTO_TEST_CASE(it_checks_each_second_and_logs_every_ten) {
  int lines = 0;
  for (int i = 0; i < 25; ++i) {
    auto what = check(nothing);
    BOOST_TEST((what.next == 1s));
    BOOST_TEST(!what.fatal);
    if (what.log_line.empty())
      continue;
    BOOST_TEST(has(what, "waiting for the webhook certificate: /c/tls.crt"));
    BOOST_TEST(i % 10 == 0);
    ++lines;
  }
  BOOST_TEST(lines == 3);
  BOOST_TEST((check(view_of(first)).use == view_of(first)));
}

BOOST_AUTO_TEST_CASE(the_file_that_is_missing_is_named) {
  auto what = check({first.chain, missing("/c/tls.key")});
  BOOST_TEST(has(what, "certificate: /c/tls.key cannot"));
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_a_hint) {
  for (int i = 0; i < 120; ++i)
    BOOST_TEST(!check(nothing).fatal);
  auto what = check(nothing);
  BOOST_TEST(what.fatal);
  BOOST_TEST(has(what, "after 2m: /c/tls.crt cannot be read"));
  BOOST_TEST(has(what, "cert-manager"));
  BOOST_TEST(has(what, "--webhook-self-managed-certs"));
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_is_no_limit) {
  for (auto limit : {0ns, -1ns}) {
    place.wait_limit = limit;
    watch = certificate_watch{place, now};
    for (int i = 0; i < 10'000; ++i)
      BOOST_TEST_REQUIRE(!check(nothing).fatal);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_ends_it) {
  auto what = check({fail(errc::not_permitted, "/c/tls.crt cannot be read"),
                     missing("/c/tls.key")});
  BOOST_TEST(what.fatal);
  BOOST_TEST(what.log_line ==
             "the webhook certificate: /c/tls.crt cannot be read");
}

BOOST_AUTO_TEST_CASE(a_broken_pair_ends_it_when_it_stays) {
  auto what = check(mixed);
  BOOST_TEST(!what.fatal);
  BOOST_TEST((what.next == 1s));
  what = check(mixed);
  BOOST_TEST(what.fatal);
  BOOST_TEST(
      has(what, "/c/tls.crt with /c/tls.key: the key does not belong to"));
}

BOOST_AUTO_TEST_CASE(files_may_be_seen_while_they_are_written) {
  certificate_view empty{"", ""}, half{first.chain, ""};
  BOOST_TEST(!check(empty).fatal);
  BOOST_TEST(!check(half).fatal);
  BOOST_TEST((check(view_of(first)).use == view_of(first)));
}

BOOST_AUTO_TEST_CASE(files_that_keep_changing_end_it_in_time) {
  for (int i = 0; i < 120; ++i)
    BOOST_TEST(!check({std::string(static_cast<size_t>(i), 'x'), ""}).fatal);
  BOOST_TEST(check({"y", ""}).fatal);
}

BOOST_AUTO_TEST_CASE(only_changes_are_used) {
  check(view_of(first));
  BOOST_TEST(!check(view_of(first)).use.has_value());
  BOOST_TEST((check(view_of(second)).use == view_of(second)));
  BOOST_TEST(!check(view_of(second)).use.has_value());
  BOOST_TEST((check(view_of(first)).use == view_of(first)));
}

BOOST_AUTO_TEST_CASE(a_broken_change_keeps_the_old_pair_and_is_logged_once) {
  check(view_of(first));
  BOOST_TEST(check(mixed).log_line == ""); // perhaps the other file comes
  auto what = check(mixed);
  BOOST_TEST(has(what, "keeping the current webhook certificate: /c/tls.crt "
                       "with /c/tls.key: the key"));
  BOOST_TEST(!what.fatal);
  BOOST_TEST(!what.use.has_value());
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(check(mixed).log_line == "");
  BOOST_TEST(check(view_of(first)).log_line == "");
  check(mixed);
  BOOST_TEST(has(check(mixed), "keeping the current")); // broken once more
  BOOST_TEST((check(view_of(second)).use == view_of(second)));
}

BOOST_AUTO_TEST_CASE(deleted_files_keep_the_old_pair) {
  check(view_of(first));
  auto what = check(nothing);
  BOOST_TEST(has(
      what,
      "keeping the current webhook certificate: /c/tls.crt cannot be read"));
  now += 1h;
  for (int i = 0; i < 10; ++i) {
    what = check(nothing);
    BOOST_TEST(what.log_line == "");
    BOOST_TEST(!what.fatal);
  }
  BOOST_TEST((check(view_of(second)).use == view_of(second)));
}

BOOST_AUTO_TEST_SUITE_END()
