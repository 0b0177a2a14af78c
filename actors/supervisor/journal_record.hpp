#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The lines of `--journal FILE`: one JSON object each. Written by supervisors,
// read by tools/replay, which folds them again. A stable format.
//
//   {"time":…,"test":"ns/name","uid":…,"kind":"Start","status":"{…}"}
//   {"time":…,"test":"ns/name","uid":…,"kind":"ChildCreated","generation":1,
//    "data":{…},"phase":"Pending","digest":"16 hex digits","commands":[…]}
//   {"gap":3}

namespace locust {

/// Returns the line, without newline, that begins one operator process' part of
/// a test's life. `stored_status` is the JSON text of `.status` that the state
/// is restored from; empty when there is none.
std::string journal_start_line(const object_key& test, std::string_view uid,
                               timestamp at, std::string_view stored_status);

/// Returns the line, without newline, of one event: what happened, what the
/// state then is, and what is done about it.
std::string journal_event_line(const object_key& test, std::string_view uid,
                               const lifecycle_event& event,
                               const lifecycle::state& after,
                               const commands& done);

/// Returns 16 hexadecimal digits (FNV-1a) that stand for all that `.status`
/// says of this state, `runSpec` aside.
std::string status_digest(const lifecycle::state& s);

/// A process takes a test up.
struct journal_start {
  object_key test;
  std::string uid;
  timestamp at{};
  std::string stored_status;

  bool operator==(const journal_start&) const = default;
};

/// One event and what it was recorded to lead to.
struct journal_event {
  object_key test;
  std::string uid;
  lifecycle_event event;
  std::string phase;
  std::string digest;
  /// As `describe` words them.
  std::vector<std::string> commands;

  bool operator==(const journal_event&) const = default;
};

/// So many lines could not be written at this place, whoever's they were.
struct journal_gap {
  uint64_t lines = 0;

  bool operator==(const journal_gap&) const = default;
};

using journal_record = std::variant<journal_start, journal_event, journal_gap>;

/// Reads one line, without newline. Fails with one sentence that says what is
/// wrong with it.
result<journal_record> read_journal_line(std::string_view line);

} // namespace locust
