#include "tools/lib/replay/journal_replay.hpp"

#include "actors/supervisor/status_document.hpp"

#include <charconv>
#include <istream>
#include <optional>
#include <ostream>
#include <utility>

namespace locust {

namespace {

std::string joined(const std::vector<std::string>& lines) {
  if (lines.empty())
    return "none";
  std::string text;
  for (const auto& line : lines)
    text += (text.empty() ? "" : "; ") + line;
  return text;
}

std::vector<std::string> worded(const commands& done) {
  std::vector<std::string> lines;
  for (const auto& c : done)
    lines.push_back(describe(c));
  return lines;
}

/// The revision that the first status write among these commands names.
std::optional<uint64_t> revision_in(const std::vector<std::string>& commands) {
  constexpr std::string_view words = "write_status revision ";
  for (const auto& c : commands) {
    uint64_t revision = 0;
    if (c.starts_with(words) &&
        std::from_chars(c.data() + words.size(), c.data() + c.size(), revision)
                .ec == std::errc{})
      return revision;
  }
  return std::nullopt;
}

} // namespace

journal_replay::journal_replay(replay_options options, std::ostream& out)
    : options_(std::move(options)), out_(out) {
  // nop
}

void journal_replay::take(std::string_view line, bool cut_off) {
  ++line_;
  if (line.empty() || verdict_ == replay_verdict::unreadable)
    return;
  auto record = read_journal_line(line);
  if (record) {
    std::visit([this](const auto& r) { take(r); }, *record);
  } else if (cut_off) {
    out_ << "line " << line_ << ": truncated, ignored\n";
  } else {
    out_ << "line " << line_ << ": " << record.error().message << '\n';
    verdict_ = replay_verdict::unreadable;
  }
}

void journal_replay::take(const journal_start& start) {
  if (!wanted(start.test))
    return;
  life next;
  next.checked = true;
  std::string origin = "begins";
  if (!start.stored_status.empty()) {
    if (auto stored = read_status(start.stored_status)) {
      next.state = std::move(stored->state);
      if (auto phase = lifecycle::phase_name(next.state); !phase.empty())
        origin = "continues in phase " + std::string(phase);
      if (!stored->problem.empty())
        origin += "; its history cannot be read (" + stored->problem + ')';
    } else {
      // The operator ignores such a status, too.
      origin = "begins; its stored status cannot be read (" +
               stored.error().message + ')';
    }
  }
  lives_[start.uid] = std::move(next);
  if (!options_.quiet)
    say(start.test, origin);
}

void journal_replay::take(const journal_event& step) {
  if (!wanted(step.test))
    return;
  auto [at, fresh] = lives_.try_emplace(step.uid);
  auto& of = at->second;
  if (fresh)
    say(step.test, "the journal begins in the middle of a run; compared from "
                   "the next start on");
  if (!of.checked) {
    ++skipped_;
    return;
  }
  ++steps_;
  if (auto revision = revision_in(step.commands);
      revision && !std::exchange(of.knows_revision, true))
    of.state.revision = of.state.stored_revision = *revision - 1;
  of.state = lifecycle::evolve(std::move(of.state), step.event);
  auto done = lifecycle::decide(of.state, step.event);
  if (!options_.quiet) {
    auto phase = lifecycle::phase_name(of.state);
    say(step.test, to_rfc3339_micro(step.event.at) + ' ' +
                       std::string(kind_of(step.event.fact)) + ": " +
                       describe(step.event.fact) +
                       (phase.empty() ? "" : " [" + std::string(phase) + ']'));
    for (const auto& c : done)
      out_ << "    -> " << describe(c) << '\n';
  }
  compare(of, step, done);
}

void journal_replay::take(const journal_gap& gap) {
  out_ << "line " << line_ << ": " << gap.lines
       << " lines were lost here; each test is compared from its next start "
          "on\n";
  for (auto& [uid, of] : lives_)
    of.checked = false;
}

void journal_replay::compare(life& of, const journal_event& step,
                             const commands& done) {
  auto check = [&](std::string_view what, const std::string& expected,
                   const std::string& got) {
    if (expected == got || !of.checked)
      return;
    say(step.test, "DIFFERENT " + std::string(what) + " after " +
                       std::string(kind_of(step.event.fact)) + ": expected " +
                       expected + ", got " + got +
                       "; the rest of this run is not compared");
    ++differences_;
    of.checked = false; // later steps would differ, too
    verdict_ = replay_verdict::different;
  };
  auto named = [](std::string_view phase) {
    return std::string(phase.empty() ? "none" : phase);
  };
  check("phase", named(step.phase), named(lifecycle::phase_name(of.state)));
  check("commands", joined(step.commands), joined(worded(done)));
  check("status digest", step.digest, status_digest(of.state));
}

bool journal_replay::wanted(const object_key& test) const {
  return options_.test.empty() || to_string(test) == options_.test;
}

void journal_replay::say(const object_key& test, const std::string& text) {
  out_ << "line " << line_ << ": " << to_string(test) << ": " << text << '\n';
}

void journal_replay::finish() {
  if (verdict_ == replay_verdict::unreadable)
    return;
  out_ << steps_ << " events of " << lives_.size() << " tests replayed";
  if (skipped_ > 0)
    out_ << ", " << skipped_ << " not compared";
  if (differences_ == 0)
    out_ << ": no differences\n";
  else
    out_ << ": " << differences_
         << (differences_ == 1 ? " difference\n" : " differences\n");
}

replay_verdict replay(std::istream& journal, const replay_options& options,
                      std::ostream& out) {
  journal_replay fold(options, out);
  std::string line;
  while (std::getline(journal, line))
    fold.take(line, journal.eof());
  fold.finish();
  return fold.verdict();
}

} // namespace locust
