#pragma once

#include "protocol/api_call.hpp"
#include "protocol/basics/base64.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/gunzip.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace locust::test {

/// A ConfigMap that was asked for.
inline json::document config_map(const std::string& body) {
  auto doc = json::parse(body);
  BOOST_REQUIRE(doc.has_value());
  return std::move(*doc);
}

/// The content of a file in it; empty if it is not there.
inline std::string file_in(const json::value& map, const char* name) {
  auto packed = std::string(name) + ".gz";
  auto text = json::string_at(map, {"binaryData", packed.c_str()});
  return text ? gunzip(*decode_base64(*text)) : std::string();
}

/// `size` characters that cannot be compressed much, and that differ by `seed`.
inline std::string noise(size_t size, size_t seed = 1) {
  std::string text;
  for (auto x = static_cast<unsigned>(seed) * 2654435761U; text.size() < size;
       x = x * 1664525U + 1013904223U)
    text += static_cast<char>('#' + (x >> 24U) % 90);
  return text;
}

} // namespace locust::test
