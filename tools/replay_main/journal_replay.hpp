#pragma once

#include "actors/supervisor/journal_record.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

// Folds a journal again and compares each step with what was recorded. A bug
// report is a journal: what its operator thought can be seen step by step, and
// whether this operator still thinks so.

namespace locust {

struct replay_options {
  /// `ns/name` of the only test to look at; empty for all.
  std::string test;
  /// Say nothing of steps that are as recorded.
  bool quiet = false;
};

/// The exit code of the program.
enum class replay_verdict : uint8_t { same = 0, different = 1, unreadable = 2 };

class journal_replay {
public:
  /// Writes what it finds to `out`, which must outlive it.
  journal_replay(replay_options options, std::ostream& out);

  /// Takes the next line of the journal, without newline; `cut_off` when the
  /// file ends in the middle of it.
  void take(std::string_view line, bool cut_off = false);

  /// Writes the sum.
  void finish();

  replay_verdict verdict() const {
    return verdict_;
  }

private:
  /// One LocustTest, from one start line to the next.
  struct life {
    bool checked = false;
    lifecycle::state state;
    /// Whether the revisions of its process are known: of a life that begins
    /// anew in mid-process the start line does not tell them.
    bool knows_revision = false;
  };

  void take(const journal_start& start);
  void take(const journal_event& step);
  void take(const journal_gap& gap);
  void compare(life& of, const journal_event& step, const commands& done);
  bool wanted(const object_key& test) const;
  void say(const object_key& test, const std::string& text);

  replay_options options_;
  std::ostream& out_;
  /// By uid.
  std::map<std::string, life> lives_;
  size_t line_ = 0;
  size_t steps_ = 0;
  size_t skipped_ = 0;
  size_t differences_ = 0;
  replay_verdict verdict_ = replay_verdict::same;
};

/// Replays a whole journal.
replay_verdict replay(std::istream& journal, const replay_options& options,
                      std::ostream& out);

} // namespace locust
