#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Splits a byte stream that arrives in arbitrary chunks into lines. Pure.
///
///   splitter.feed(bytes);
///   while (auto line = splitter.next())
///     ...
///   if (splitter.overflown()) ...
class line_splitter {
public:
  /// Maximum length of a line in bytes. etcd stores objects of up to 1.5 MiB;
  /// the rest is for the watch envelope and less compact JSON.
  static constexpr size_t default_limit = size_t{4} << 20;

  explicit line_splitter(size_t limit = default_limit) : limit_(limit) {
    // nop
  }

  /// Adds `bytes`, which must stay valid until `next` returns nothing. Only an
  /// incomplete line at the end is copied.
  void feed(std::string_view bytes);

  /// Returns the next complete line without its end (`\n` or `\r\n`), or
  /// nothing when more bytes are needed. Skips empty lines. The view is valid
  /// until the next call.
  std::optional<std::string_view> next();

  /// Whether a line was longer than the limit. No lines follow.
  bool overflown() const {
    return overflown_;
  }

private:
  size_t limit_;
  bool overflown_ = false;
  /// The beginning of an incomplete line.
  std::string carry_;
  /// Whether `carry_` was returned as a line and must be cleared.
  bool carry_used_ = false;
  std::string_view fresh_;
};

} // namespace locust
