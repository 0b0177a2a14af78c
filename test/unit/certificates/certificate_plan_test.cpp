#include "actors/certificates/certificate_plan.hpp"
#include "openssl_judge.hpp"
#include "props.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;
using namespace std::chrono_literals;
using std::chrono::days;
using test::made_at;
using test::minds_of_client;
using test::today;
using test::two_hosts;

namespace {

/// The assessment of a pair for two hosts that was created `today`.
pair_assessment judged(timestamp at, const host_names& wanted = two_hosts) {
  return judge(made_at(today), wanted, at);
}

bool says(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

/// Renews `former`, which trusted `trusted`, at `when`.
certificate_pair renewed(const certificate_pair& former, timestamp when,
                         const std::string& trusted) {
  auto made = succeed(judge(former, two_hosts, when), two_hosts,
                      authorities_in(trusted), when);
  BOOST_TEST_REQUIRE(made.has_value());
  return *made;
}

std::string published(const certificate_pair& pair, timestamp at) {
  auto facts = check_pair(pair, at);
  BOOST_TEST_REQUIRE(facts.has_value());
  return bundle_of(pair, *facts, "", at);
}

std::string minds(const certificate_pair& pair, const std::string& bundle,
                  timestamp at) {
  return minds_of_client(pair.certificate, bundle, "127.0.0.1", at);
}

} // namespace

BOOST_AUTO_TEST_SUITE(certificate_plan_)

BOOST_AUTO_TEST_CASE(a_third_before_its_end_it_is_renewed) {
  // 365 days from an hour ago.
  auto due = today - 1h + days(243) + 8h;
  struct expected {
    timestamp at;
    bool usable;
    bool kept;
  };
  for (const auto& [at, usable, kept] : std::initializer_list<expected>{
           {today - days(1), false, false}, // our clock is behind
           {today - 1h - 1s, false, false},
           {today - 1h, true, true},
           {today, true, true},
           {due - 1s, true, true},
           {due, true, false},
           {today + days(364), true, false},
           {today + days(365), false, false},
           {today + days(4000), false, false}}) {
    auto says_of = judged(at);
    BOOST_TEST(says_of.usable.has_value() == usable, to_rfc3339(at));
    BOOST_TEST(says_of.renew_because.empty() == kept, to_rfc3339(at));
  }
  BOOST_TEST(
      says(judged(due).renew_because, "expires on 2027-11-23T17:00:00Z"));
}

BOOST_AUTO_TEST_CASE(a_host_that_it_lacks_renews_it) {
  auto wanted = two_hosts;
  wanted.insert("10.0.0.1");
  auto missing = judged(today, wanted);
  BOOST_TEST(missing.usable.has_value());
  BOOST_TEST(missing.renew_because == "it is not for 10.0.0.1");
  // One that is wanted no more does not.
  BOOST_TEST(judged(today, {"127.0.0.1"}).renew_because == "");
}

BOOST_AUTO_TEST_CASE(garbage_is_replaced) {
  for (const auto& stored :
       {certificate_pair{}, certificate_pair{"x", "y", "z"}}) {
    auto judged_so = judge(stored, two_hosts, today);
    BOOST_TEST(!judged_so.usable.has_value());
    BOOST_TEST(judged_so.renew_because != "");
  }
}

BOOST_AUTO_TEST_CASE(a_successor_is_kept) {
  auto next = renewed(made_at(today), today + days(300), "");
  auto later = judge(next, two_hosts, today + days(301));
  BOOST_TEST(later.usable.has_value());
  BOOST_TEST(later.renew_because == "");
}

BOOST_AUTO_TEST_CASE(old_and_new_are_trusted_together_for_a_day) {
  auto former = made_at(today);
  auto when = today + days(300);
  auto next = renewed(former, when, former.authorities);
  for (auto at : {when, when + 1h, when + 23h}) {
    auto bundle = published(next, at);
    BOOST_TEST(minds(former, bundle, at) == "");
    BOOST_TEST(minds(next, bundle, at) == "");
    // The issuer comes first, because clients need it first.
    BOOST_TEST(bundle.starts_with(authorities_in(bundle)[0].pem));
    BOOST_TEST(minds(next, authorities_in(bundle)[0].pem, at) == "");
  }
  auto after = published(next, when + 24h);
  BOOST_TEST(minds(former, after, when + 24h) != "");
  BOOST_TEST(minds(next, after, when + 24h) == "");
  BOOST_TEST(authorities_in(after).size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_expired_authority_is_not_trusted_any_more) {
  auto former = made_at(today);
  auto when = today + days(364) + 20h; // three hours before its end
  auto next = renewed(former, when, former.authorities);
  BOOST_TEST(authorities_in(published(next, when + 1h)).size() == 2u);
  BOOST_TEST(authorities_in(published(next, when + 4h)).size() == 1u);
  // And is not carried on.
  auto third = renewed(next, today + days(366), next.authorities);
  BOOST_TEST(authorities_in(third.authorities).size() == 2u);
}

BOOST_AUTO_TEST_CASE(published_authorities_stay_as_long) {
  auto pair = made_at(today);
  auto unknown = made_at(today - 1min).authorities;
  auto facts = check_pair(pair, today).value();
  auto bundle = bundle_of(pair, facts, unknown, today);
  BOOST_TEST(bundle == pair.authorities + unknown);
  // And has no effect any longer.
  BOOST_TEST(bundle_of(pair, facts, bundle, today + 1h) == bundle);
  BOOST_TEST(bundle_of(pair, facts, bundle, today + 24h) == pair.authorities);
  BOOST_TEST(bundle_of(pair, facts, "garbage", today) == pair.authorities);
}

BOOST_AUTO_TEST_CASE(only_the_newest_former_ones_are_kept) {
  std::vector<certificate_pair> line = {made_at(today)};
  std::string all = line[0].authorities;
  for (int i = 1; i < 8; ++i) {
    auto when = today + std::chrono::minutes(i);
    // In any order.
    line.push_back(renewed(line.back(), when, all));
    all = i % 2 == 0 ? all + line.back().authorities
                     : line.back().authorities + all;
  }
  auto kept = authorities_in(line.back().authorities);
  BOOST_TEST(kept.size() == 1u + most_former);
  auto bundle = published(line.back(), today + 10min);
  for (size_t i = 0; i < line.size(); ++i)
    BOOST_TEST(minds(line[i], bundle, today + 10min).empty() == (i >= 3), i);
}

BOOST_AUTO_TEST_CASE(replicas_with_different_hosts_converge) {
  host_names old_version = {"old.ns.svc", "a"};
  host_names new_version = {"new.ns.svc", "a"};
  auto stored = made_at(today, old_version);
  int renewals = 0;
  for (int look = 0; look < 10; ++look) {
    const auto& wanted = look % 2 == 0 ? new_version : old_version;
    auto judged_so = judge(stored, wanted, today);
    if (judged_so.renew_because.empty())
      continue;
    ++renewals;
    stored = succeed(judged_so, wanted, {}, today).value();
  }
  BOOST_TEST(renewals == 1);
  BOOST_TEST(in_words(check_pair(stored, today)->hosts) ==
             "a, new.ns.svc, old.ns.svc");
}

BOOST_AUTO_TEST_CASE(old_hosts_are_dropped_at_the_next_renewal) {
  auto stored = made_at(today, {"old.ns.svc", "a"});
  auto when = today + days(300);
  auto next = succeed(judge(stored, {"a"}, when), {"a"}, {}, when).value();
  BOOST_TEST(in_words(check_pair(next, when)->hosts) == "a");
}

BOOST_AUTO_TEST_CASE(the_number_of_hosts_is_limited) {
  host_names many;
  for (size_t i = 0; i < most_hosts; ++i)
    many.insert("h" + std::to_string(i));
  auto stored = made_at(today, many);
  auto next = succeed(judge(stored, {"a"}, today), {"a"}, {}, today).value();
  BOOST_TEST(in_words(check_pair(next, today)->hosts) == "a");
}

BOOST_AUTO_TEST_CASE(replicas_with_different_clocks_converge) {
  // Three hours apart, they reconcile in turn.
  auto behind = [](int minute) {
    return today + std::chrono::minutes(minute) - 3h;
  };
  auto ahead = [](int minute) {
    return today + std::chrono::minutes(minute);
  };
  auto stored = made_at(ahead(0));
  int renewals = 0;
  for (int minute = 1; minute < 10; ++minute) {
    auto now = minute % 2 == 0 ? ahead(minute) : behind(minute);
    auto judged_so = judge(stored, two_hosts, now);
    if (judged_so.renew_because.empty())
      continue;
    ++renewals;
    stored = succeed(judged_so, two_hosts, {}, now).value();
  }
  BOOST_TEST(renewals == 1);
}

BOOST_AUTO_TEST_SUITE_END()
