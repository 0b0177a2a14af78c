#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Decodes standard base64 with padding; white space anywhere is skipped, as
/// YAML folds long lines. Returns nothing when `text` is anything else.
std::optional<std::string> decode_base64(std::string_view text);

/// Returns `bytes` in base64 on one line.
std::string encode_base64(std::string_view bytes);

} // namespace locust
