#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Turns bytes that arrive split anywhere into lines. Pure.
///
///   splitter.feed(bytes);
///   while (auto line = splitter.next())
///     ...
///   if (splitter.overflown()) ...
class line_splitter {
public:
  /// Most bytes of one line. etcd stores objects of at most 1.5 MiB; the rest
  /// is room for the envelope and for longer JSON than what is stored.
  static constexpr size_t default_limit = size_t{4} << 20;

  explicit line_splitter(size_t limit = default_limit) : limit_(limit) {
    // nop
  }

  /// Adds `bytes`, which must live until `next` returned nothing; it keeps a
  /// copy only of the beginning of a line whose end did not come yet.
  void feed(std::string_view bytes);

  /// Returns the next complete line without its end (`\n` or `\r\n`), or
  /// nothing when more bytes are needed. Empty lines are left out. The view
  /// lives until the next call.
  std::optional<std::string_view> next();

  /// Whether a line was longer than the limit. Nothing comes after that.
  bool overflown() const {
    return overflown_;
  }

private:
  size_t limit_;
  bool overflown_ = false;
  /// Beginning of a line from earlier bytes.
  std::string carry_;
  /// Whether `carry_` was given out as a line and has to go.
  bool carry_used_ = false;
  std::string_view fresh_;
};

} // namespace locust
