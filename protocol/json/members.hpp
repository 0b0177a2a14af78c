#pragma once

#include "protocol/json.hpp"

#include <cstdint>
#include <string_view>

// Helpers for writing JSON objects.

namespace locust::json {

inline void put(writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

inline void put_key(writer& out, std::string_view key) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

/// Writes the member `key` with a string.
inline void put(writer& out, std::string_view key, std::string_view text) {
  put_key(out, key);
  put(out, text);
}

/// Writes the member `key` with a string, unless it is empty.
inline void put_unless_empty(writer& out, std::string_view key,
                             std::string_view text) {
  if (!text.empty())
    put(out, key, text);
}

/// Writes the member `key` with a number.
inline void put_number(writer& out, std::string_view key, int64_t number) {
  put_key(out, key);
  out.Int64(number);
}

/// Writes the member `key` with a boolean.
inline void put_flag(writer& out, std::string_view key, bool flag) {
  put_key(out, key);
  out.Bool(flag);
}

/// Writes the member `key` with a copy of `whole`, unless it is null.
inline void put_whole(writer& out, std::string_view key, const value* whole) {
  if (whole == nullptr)
    return;
  put_key(out, key);
  whole->Accept(out);
}

/// Writes the member `key` with an object; `body` writes its members.
template <class Body>
void put_object(writer& out, std::string_view key, Body body) {
  put_key(out, key);
  out.StartObject();
  body();
  out.EndObject();
}

/// Writes the member `key` with an array; `body` writes its items.
template <class Body>
void put_list(writer& out, std::string_view key, Body body) {
  put_key(out, key);
  out.StartArray();
  body();
  out.EndArray();
}

/// Writes an object as an item of an array; `body` writes its members.
template <class Body>
void put_item(writer& out, Body body) {
  out.StartObject();
  body();
  out.EndObject();
}

} // namespace locust::json
