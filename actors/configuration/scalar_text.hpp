#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Reads `1 t T TRUE true True` or `0 f F FALSE false False`.
std::optional<bool> parse_bool(std::string_view text);

/// Reads a 32-bit decimal integer with an optional sign.
std::optional<int32_t> parse_integer(std::string_view text);

/// Returns `text` with A to Z in lower case.
std::string in_lower_case(std::string_view text);

} // namespace locust
