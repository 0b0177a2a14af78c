#pragma once

#include "actors/supervisor/lifecycle.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

// Given some events, when another one happens, then checks state and commands.
// A failure prints the events.

namespace locust::testing {

using namespace std::chrono_literals;
using lifecycle::condition_type;

/// 2026-11-23T12:00:00Z
inline constexpr timestamp noon{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

inline const std::string service_uid = "uid-service";
inline const std::string master_uid = "uid-master";
inline const std::string worker_uid = "uid-worker";

inline fact::child_created service_created(bool adopted = false) {
  return {child_kind::master_service, "load-master", service_uid, adopted};
}

inline fact::child_created master_created(std::string uid = master_uid) {
  return {child_kind::master_job, "load-master", std::move(uid), false};
}

inline fact::child_created workers_created(std::string uid = worker_uid) {
  return {child_kind::worker_job, "load-worker", std::move(uid), false};
}

inline fact::child_deleted service_lost() {
  return {child_kind::master_service, "load-master", service_uid};
}

inline fact::child_deleted master_lost(std::string uid = master_uid) {
  return {child_kind::master_job, "load-master", std::move(uid)};
}

inline fact::child_deleted workers_lost(std::string uid = worker_uid) {
  return {child_kind::worker_job, "load-worker", std::move(uid)};
}

inline fact::create_failed refused(child_kind child, std::string message,
                                   bool transient = false) {
  return {child, child_name("load", child), std::move(message), transient,
          false};
}

inline fact::name_conflict conflict(child_kind child, std::string owner,
                                    bool deleting = false) {
  return {child, child_name("load", child), std::move(owner), deleting};
}

using facts = std::vector<lifecycle_fact>;

inline facts operator+(facts a, const facts& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Common starts: three workers, no TTL.
inline facts accepted_run(std::optional<int32_t> ttl = {}) {
  return {fact::accepted{"hash-a", 3, ttl}, fact::stored{1}};
}

inline facts launched_run(std::optional<int32_t> ttl = {}) {
  return accepted_run(ttl) +
         facts{service_created(), master_created(), workers_created()};
}

inline facts running_run(std::optional<int32_t> ttl = {}) {
  return launched_run(ttl) + facts{fact::running{}, fact::stored{5}};
}

inline facts started_run(std::optional<int32_t> ttl = {}) {
  return running_run(ttl) +
         facts{fact::test_started{"load-master-x", "node-1"}};
}

inline facts succeeded_run() {
  return started_run() + facts{fact::ended{end_cause::master_completed, 0, {}}};
}

/// Applies events one second apart.
class story {
public:
  story& given(const facts& past) {
    for (const auto& fact : past)
      happens(fact);
    return *this;
  }

  /// Advances time before the next event; negative for a clock that was set
  /// back.
  story& later(std::chrono::microseconds time) {
    now_ += time;
    return *this;
  }

  story& at_generation(int64_t generation) {
    generation_ = generation;
    return *this;
  }

  story& when(const lifecycle_fact& fact) {
    before_ = state_;
    happens(fact);
    return *this;
  }

  /// Stores everything so far.
  story& when_stored() {
    return when(fact::stored{state_.revision});
  }

  /// Restarts the operator; what was not stored is lost.
  story& restarted() {
    auto kept = state_.history;
    state_ = lifecycle::restore(std::move(kept));
    list_ += "  (restart)\n";
    return when(fact::resumed{});
  }

  story& then_phase(const std::string& name) {
    return equal("phase", std::string(lifecycle::phase_name(state_)), name);
  }

  story& then(condition_type type, const std::string& status,
              const std::string& reason, const std::string& message) {
    return equal("condition " + std::string(to_string(type)), shown(type),
                 status + ' ' + reason + ": " + message);
  }

  story& then_since(condition_type type, timestamp at) {
    const auto* c = find(state_, type);
    return equal("transition of " + std::string(to_string(type)),
                 c == nullptr ? "" : to_rfc3339_micro(c->last_transition),
                 to_rfc3339_micro(at));
  }

  /// Expects exactly these commands, as worded by `describe`.
  story& then_commands(const std::vector<std::string>& expected) {
    return equal("commands", joined(commands_), joined(expected));
  }

  /// Expects this command among others.
  story& then_command(const std::string& expected) {
    check(joined(commands_).find("\n" + expected + "\n") != std::string::npos,
          "expected the command\n" + expected + "\namong" + joined(commands_));
    return *this;
  }

  story& then_no_command() {
    return then_commands({});
  }

  /// Expects that the meaning of the state did not change.
  story& then_unchanged() {
    check(same_meaning(before_, state_) && before_.history == state_.history &&
              before_.revision == state_.revision,
          "expected no change of the state");
    return *this;
  }

  story& then_children(const std::array<std::string, child_count>& uids) {
    auto text = [](const auto& list) {
      return list[0] + ", " + list[1] + ", " + list[2];
    };
    return equal("children", text(state_.run.children.values), text(uids));
  }

  const lifecycle::state& state() const {
    return state_;
  }

  timestamp now() const {
    return now_;
  }

  /// The events so far, for messages.
  const std::string& list() const {
    return list_;
  }

  std::string shown(condition_type type) const {
    const auto* c = find(state_, type);
    if (c == nullptr)
      return "absent";
    return std::string(to_string(c->status)) + ' ' + c->reason + ": " +
           c->message;
  }

  story& check(bool good, const std::string& what) {
    BOOST_CHECK_MESSAGE(good, what << "\nafter\n" << list_);
    return *this;
  }

  story& equal(const std::string& what, const std::string& got,
               const std::string& expected) {
    return check(got == expected,
                 what + ": expected\n  " + expected + "\ngot\n  " + got);
  }

private:
  void happens(const lifecycle_fact& fact) {
    lifecycle_event event{now_, generation_, fact};
    now_ += 1s;
    state_ = lifecycle::evolve(std::move(state_), event);
    commands_.clear();
    for (const auto& c : lifecycle::decide(state_, event))
      commands_.push_back(describe(c));
    list_ += "  " + to_rfc3339_micro(event.at) + ' ' +
             std::string(kind_of(fact)) + ": " + describe(fact) + '\n';
  }

  static std::string joined(const std::vector<std::string>& lines) {
    std::string text = "\n";
    for (const auto& line : lines)
      text += line + '\n';
    return text;
  }

  lifecycle::state state_;
  lifecycle::state before_;
  std::vector<std::string> commands_;
  std::string list_;
  timestamp now_ = noon;
  int64_t generation_ = 1;
};

} // namespace locust::testing
