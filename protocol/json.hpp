#pragma once

// The only header that includes RapidJSON: every unit includes this instead of
// <rapidjson/...>, so that all of them define its assertion macro alike (ODR).

#include <stdexcept>

namespace locust::json {

/// Thrown where RapidJSON would assert: the calling code did not check a type
/// or a missing key. It indicates a bug, never bad input.
struct misuse : std::logic_error {
  using std::logic_error::logic_error;
};

} // namespace locust::json

#ifndef RAPIDJSON_ASSERT
#define RAPIDJSON_ASSERT(x)                                                    \
  ((x) ? static_cast<void>(0) : throw ::locust::json::misuse(#x))
#endif

#include "protocol/error.hpp"

#include <rapidjson/document.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace locust::json {

using value = rapidjson::Value;
using document = rapidjson::Document;
using string_buffer = rapidjson::StringBuffer;
using writer = rapidjson::Writer<string_buffer>;

/// For a reader that builds a document; its handler passes numbers
/// (`RawNumber`) and strings to a `strict_values`.
inline constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag |
                                        rapidjson::kParseValidateEncodingFlag |
                                        rapidjson::kParseNumbersAsStringsFlag;

/// Adds numbers and strings to a document where RapidJSON 1.1 is inexact:
///  - it reads doubles with an error of some units in the last place or, with
///    kParseFullPrecisionFlag, reads 0e9 wrongly and reads out of bounds for
///    numbers with many leading zeros;
///  - it converts half a surrogate pair ("\udc00") to invalid UTF-8.
/// Returns false, which stops the reader, for an invalid value.
class strict_values {
public:
  using size_type = rapidjson::SizeType;

  /// `to` must outlive this.
  explicit strict_values(document& to) : to_(to) {
    // nop
  }

  /// The number with this text; a NUL follows `text`.
  bool number(const char* text, size_type size);
  bool text(const char* text, size_type size, bool copy);
  bool key(const char* text, size_type size, bool copy);

  /// Why a value was refused.
  rapidjson::ParseErrorCode fault() const {
    return fault_;
  }

private:
  bool is_utf8(std::string_view text);
  bool refuse(rapidjson::ParseErrorCode why);

  document& to_;
  rapidjson::ParseErrorCode fault_ = rapidjson::kParseErrorTermination;
};

/// Parses one whole JSON text, strict about UTF-8 and at most 512 levels deep
/// (what walks over it is recursive). On failure names the offset in bytes.
result<document> parse(std::string_view text);

/// Returns the member that `path` leads to, or `nullptr` when any step is
/// missing or is not an object. Never throws.
const value* find(const value& from,
                  std::initializer_list<std::string_view> path);

/// Returns the string at `path`, or nothing when it is missing or no string.
/// The view lives as long as `from`.
std::optional<std::string_view>
string_at(const value& from, std::initializer_list<std::string_view> path);

/// Returns the string at `path`, or an empty one.
std::string text_at(const value& from,
                    std::initializer_list<std::string_view> path);

/// Returns the integer at `path`, or nothing when it is missing or no integer.
std::optional<int64_t> int_at(const value& from,
                              std::initializer_list<std::string_view> path);

/// Returns the boolean at `path`, or nothing when it is missing or no boolean.
std::optional<bool> bool_at(const value& from,
                            std::initializer_list<std::string_view> path);

/// Returns `v` as compact JSON text, members in the order they have.
std::string dump(const value& v);

/// Returns `v` as compact JSON text with the members of every object sorted by
/// name in byte order: equal values give equal text.
std::string dump_canonical(const value& v);

/// Cuts `text` to at most `limit` bytes without splitting a UTF-8 sequence, and
/// replaces bytes that are not UTF-8 by '?'. For texts of others (server
/// messages, log lines) that go into objects of ours.
std::string clean_text(std::string_view text, size_t limit);

/// The same, with '?' in place of control characters.
std::string clean_line(std::string_view text, size_t limit);

} // namespace locust::json
