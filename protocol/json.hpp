#pragma once

// The one door to RapidJSON: every unit includes this instead of
// <rapidjson/...> so that all of them agree on what an assertion does (ODR).

#include <stdexcept>

namespace locust::json {

/// Thrown where RapidJSON would assert: a wrong type or a missing key that the
/// calling code did not check. It is a defect of ours, never bad input.
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
/// (`RawNumber`) and texts to a `strict_values`.
inline constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag |
                                        rapidjson::kParseValidateEncodingFlag |
                                        rapidjson::kParseNumbersAsStringsFlag;

/// Adds to a document what a reader found, where RapidJSON 1.1 is careless:
///  - it reads doubles off by some units in the last place or, with
///    kParseFullPrecisionFlag, makes anything of 0e9 and reads out of bounds
///    for numbers with many zeros in front;
///  - it makes bytes that are no UTF-8 of half a surrogate pair ("\udc00").
/// Returns false, which stops the reader, when a value cannot be one.
class strict_values {
public:
  using size_type = rapidjson::SizeType;

  /// `to` must outlive this.
  explicit strict_values(document& to) : to_(to) {
    // nop
  }

  /// The number that is written so; behind `text` stands a zero.
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

} // namespace locust::json
