#pragma once

#include "actors/leader/election.hpp"
#include "lease_server.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace locust::test {

using namespace std::chrono_literals;

inline const lease_record others{"other", 15, "a", "r0", 3};

/// An election against a Lease, in test time.
struct election_fixture {
  election_fixture() : core({"ns", "me", 15s, 10s, 2s}, 1) {
    // nop
  }

  election_time now() const {
    auto wall = timestamp{} + 1000h +
                std::chrono::duration_cast<std::chrono::microseconds>(
                    clock.time_since_epoch());
    return {clock, wall};
  }

  /// Executes the effects of a step and of those that follow at once.
  void take(election_step step) {
    for (;;) {
      if (step.follow)
        watched = *step.follow;
      if (step.unfollow)
        watched.clear();
      if (step.held_until)
        held_until = step.held_until;
      announced += step.won ? 1 : 0;
      if (!step.lost.empty())
        lost = step.lost;
      if (step.released)
        released = step.released;
      for (auto& x : step.messages)
        messages.push_back(x.text);
      if (!step.request)
        return;
      ++requests;
      last = *step.request;
      if (frozen)
        return;
      step = core.answered(server.answer_to(*step.request), now());
    }
  }

  void begin() {
    take(core.begin(now()));
  }

  /// Advances the time and runs due timers.
  void pass(std::chrono::nanoseconds d) {
    auto end = clock + d;
    for (;;) {
      auto due = core.wakes_at();
      if (!due || *due > end)
        break;
      clock = std::max(clock, *due);
      take(core.wake(now()));
    }
    clock = end;
  }

  void show_change() {
    take(core.seen(server.line(), now()));
  }

  void lead() {
    begin();
    BOOST_REQUIRE(core.leads());
  }

  void follow() {
    server.put(others);
    begin();
    BOOST_REQUIRE(!core.leads());
    BOOST_REQUIRE(!watched.empty());
  }

  const lease_record& stored() const {
    return server.lease->record;
  }

  lease_server server;
  boot_time clock{1h};
  election core;
  /// Requests get no answer.
  bool frozen = false;
  api_request last;
  int requests = 0;
  int announced = 0;
  std::string watched;
  std::optional<boot_time> held_until;
  std::string lost;
  std::optional<bool> released;
  std::vector<std::string> messages;
};

} // namespace locust::test
