#pragma once

#include "actors/certificates/certificate_pair.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace locust::test {

inline constexpr timestamp today =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) +
    std::chrono::hours(18);

inline const host_names two_hosts = {"hook.ns.svc", "127.0.0.1"};

inline certificate_pair made_at(timestamp when,
                                const host_names& hosts = two_hosts) {
  auto made = issue_pair(hosts, when);
  BOOST_REQUIRE_MESSAGE(made, made.error().message);
  return *made;
}

} // namespace locust::test
