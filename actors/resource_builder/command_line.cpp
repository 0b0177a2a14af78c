#include "actors/resource_builder/command_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace locust {

namespace {

constexpr std::string_view master_port = "--master-port=5557";

constexpr std::array<std::string_view, 10> managed_flags = {
    "--master",      "--worker",         "--master-port",
    "--master-host", "--expect-workers", "--autostart",
    "--autoquit",    "--otel",           "--enable-rebalancing",
    "--only-summary"};

struct character {
  char32_t code = 0;
  size_t length = 1;
};

/// Returns the first character of `text`, which must not be empty. An invalid
/// UTF-8 byte counts as a character without special meaning.
character front_of(std::string_view text) {
  auto lead = static_cast<unsigned char>(text.front());
  size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1)
    return {lead, 1};
  if (lead < 0xC2 || text.size() < length)
    return {};
  // A smaller value needs fewer bytes, so it is invalid UTF-8, too.
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U)
      return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  if (code < least[length])
    return {};
  return {code, length};
}

/// Unicode white space, as the Go operator defines it.
bool is_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 ||
         code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

/// Splits a text in one pass and keeps the current word.
class splitter {
public:
  explicit splitter(std::string_view text) : text_(text) {
    // nop
  }

  tl::expected<words, split_error> run() {
    while (at_ < text_.size()) {
      auto begin = at_;
      auto c = front_of(text_.substr(at_));
      if (c.code == '#' && !in_word_)
        remember(comment_, begin);
      if (is_space(c.code)) {
        finish_word();
        at_ += c.length;
      } else if (c.code == '\'') {
        if (!single_quoted())
          return failure(begin, "the single quote", "is not closed");
      } else if (c.code == '"') {
        if (!double_quoted())
          return failure(begin, "the double quote", "is not closed");
      } else if (c.code == '\\') {
        if (!escaped())
          return failure(begin, "the backslash", "has nothing after it");
      } else {
        take(c.length);
      }
    }
    finish_word();
    return std::move(result_);
  }

  /// To be called after `run`.
  command_oddities oddities() const {
    command_oddities found;
    if (comment_)
      found.comment = place_of(*comment_).words;
    if (lost_backslash_)
      found.lost_backslash = place_of(*lost_backslash_).words;
    return found;
  }

private:
  struct place {
    size_t line = 1;
    size_t column = 1;
    std::string words;
  };

  place place_of(size_t offset) const {
    place p;
    for (size_t i = 0; i < offset;) {
      auto c = front_of(text_.substr(i));
      p.line += c.code == '\n' ? 1 : 0;
      p.column = c.code == '\n' ? 1 : p.column + 1;
      i += c.length;
    }
    if (text_.find('\n') != std::string_view::npos)
      p.words = "line " + std::to_string(p.line) + ", ";
    p.words += "column " + std::to_string(p.column) + " (byte " +
               std::to_string(offset) + ')';
    return p;
  }

  static void remember(std::optional<size_t>& first, size_t offset) {
    if (!first)
      first = offset;
  }

  void take(size_t length) {
    word_.append(text_.substr(at_, length));
    in_word_ = true;
    at_ += length;
  }

  void finish_word() {
    if (in_word_)
      result_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  bool single_quoted() {
    auto end = text_.find('\'', ++at_);
    if (end == std::string_view::npos)
      return false;
    take(end - at_);
    ++at_;
    return true;
  }

  bool double_quoted() {
    ++at_;
    in_word_ = true;
    while (at_ < text_.size() && text_[at_] != '"') {
      auto next = text_.substr(at_ + 1, 1);
      if (text_[at_] == '\\' && next == "\n") {
        at_ += 2;
        continue;
      }
      // Before other characters a backslash is literal.
      if (text_[at_] == '\\' && !next.empty() &&
          std::string_view("$`\"\\").find(next) != std::string_view::npos) {
        // Nothing is expanded, so these are literal anyway.
        if (next == "$" || next == "`")
          remember(lost_backslash_, at_);
        ++at_;
      }
      take(1);
    }
    if (at_ == text_.size())
      return false;
    ++at_;
    return true;
  }

  bool escaped() {
    if (++at_ == text_.size())
      return false;
    if (text_[at_] == '\n') {
      ++at_;
      return true;
    }
    auto c = front_of(text_.substr(at_));
    bool needed = is_space(c.code) || c.code == '\'' || c.code == '"' ||
                  c.code == '\\' || c.code == '#';
    if (!needed)
      remember(lost_backslash_, at_ - 1);
    take(c.length);
    return true;
  }

  tl::unexpected<split_error> failure(size_t offset, std::string_view what,
                                      std::string_view how) const {
    auto where = place_of(offset);
    split_error e;
    e.offset = offset;
    e.line = where.line;
    e.column = where.column;
    e.message =
        std::string(what) + " at " + where.words + ' ' + std::string(how);
    // A remark such as `# don't` is where most unclosed quotes come from.
    if (comment_)
      e.message +=
          "; the \"#\" at " + place_of(*comment_).words + " begins no comment";
    return tl::unexpected<split_error>(std::move(e));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string word_;
  bool in_word_ = false;
  words result_;
  std::optional<size_t> comment_;
  std::optional<size_t> lost_backslash_;
};

void append(words& list, const words& more) {
  list.insert(list.end(), more.begin(), more.end());
}

} // namespace

tl::expected<words, split_error> split_words(std::string_view text) {
  return splitter(text).run();
}

command_oddities oddities_of(std::string_view text) {
  splitter all(text);
  // A fault is reported where the command is split.
  [[maybe_unused]] auto reported = all.run();
  return all.oddities();
}

words master_arguments(words seed, const run_options& options,
                       const words& extra) {
  auto result = std::move(seed);
  if (options.open_telemetry)
    result.emplace_back("--otel");
  result.emplace_back("--master");
  result.emplace_back(master_port);
  result.push_back("--expect-workers=" + std::to_string(options.replicas));
  if (options.autostart) {
    result.emplace_back("--autostart");
    if (options.autoquit) {
      result.emplace_back("--autoquit");
      result.push_back(std::to_string(*options.autoquit));
    }
  }
  result.emplace_back("--enable-rebalancing");
  result.emplace_back("--only-summary");
  append(result, extra);
  return result;
}

words worker_arguments(words seed, bool open_telemetry,
                       std::string_view master_host, const words& extra) {
  auto result = std::move(seed);
  if (open_telemetry)
    result.emplace_back("--otel");
  result.emplace_back("--worker");
  result.emplace_back(master_port);
  result.push_back("--master-host=" + std::string(master_host));
  append(result, extra);
  return result;
}

words managed_flags_in(const words& extra) {
  words found;
  for (std::string_view argument : extra) {
    auto flag = argument.substr(0, argument.find('='));
    auto is_flag = [&](std::string_view other) {
      return other == flag;
    };
    if (std::any_of(managed_flags.begin(), managed_flags.end(), is_flag) &&
        std::none_of(found.begin(), found.end(), is_flag))
      found.emplace_back(flag);
  }
  return found;
}

} // namespace locust
