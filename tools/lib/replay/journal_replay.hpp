#pragma once

#include "actors/supervisor/journal_record.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

// Folds the events of a journal again and compares each step with the recorded
// one. A journal in a bug report shows step by step what the operator decided,
// and whether this version decides the same.

namespace locust {

struct replay_options {
  /// Only replay this test (`ns/name`); empty for all.
  std::string test;
  /// Only print differences.
  bool quiet = false;
};

/// The exit code of the program.
enum class replay_verdict : uint8_t { same = 0, different = 1, unreadable = 2 };

class journal_replay {
public:
  /// Writes its findings to `out`, which must outlive it.
  journal_replay(replay_options options, std::ostream& out);

  /// Processes the next line of the journal, without newline; `cut_off` when
  /// the file ends in the middle of it.
  void take(std::string_view line, bool cut_off = false);

  /// Writes the summary.
  void finish();

  replay_verdict verdict() const {
    return verdict_;
  }

private:
  /// The replay of one LocustTest from one start line to the next.
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
