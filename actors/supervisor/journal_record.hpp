#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The lines of `--journal FILE`, one JSON object each. Supervisors write them;
// tools/replay reads and folds them. A stable format.
//
//   {"time":…,"test":"ns/name","uid":…,"kind":"Start","status":"{…}"}
//   {"time":…,"test":"ns/name","uid":…,"kind":"ChildCreated","generation":1,
//    "data":{…},"phase":"Pending","digest":"16 hex digits","commands":[…]}
//   {"gap":3}

namespace locust {

/// Returns the line, without newline, with which an operator process begins to
/// manage a test. `stored_status` is the JSON text of `.status` that the state
/// is restored from, or empty.
std::string journal_start_line(const object_key& test, std::string_view uid,
                               timestamp at, std::string_view stored_status);

/// Returns the line, without newline, of one event: the event, the resulting
/// phase and digest, and the commands that follow.
std::string journal_event_line(const object_key& test, std::string_view uid,
                               const lifecycle_event& event,
                               const lifecycle::state& after,
                               const commands& done);

/// Returns 16 hexadecimal digits (FNV-1a) of the `.status` of this state,
/// without `runSpec`.
std::string status_digest(const lifecycle::state& s);

/// An operator process begins to manage a test.
struct journal_start {
  object_key test;
  std::string uid;
  timestamp at{};
  std::string stored_status;

  bool operator==(const journal_start&) const = default;
};

/// One event and its recorded consequences.
struct journal_event {
  object_key test;
  std::string uid;
  lifecycle_event event;
  std::string phase;
  std::string digest;
  /// In the wording of `describe`.
  std::vector<std::string> commands;

  bool operator==(const journal_event&) const = default;
};

/// Number of lines, of any test, that could not be written at this place.
struct journal_gap {
  uint64_t lines = 0;

  bool operator==(const journal_gap&) const = default;
};

using journal_record = std::variant<journal_start, journal_event, journal_gap>;

/// Reads one line, without newline. On failure returns one sentence that says
/// what is wrong.
result<journal_record> read_journal_line(std::string_view line);

} // namespace locust
