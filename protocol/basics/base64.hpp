#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Decodes standard base64 (RFC 4648, section 4) with padding. White space is
/// skipped, because YAML folds long lines. Returns nothing for any other
/// character or misplaced padding.
std::optional<std::string> decode_base64(std::string_view text);

/// Returns `bytes` in base64 on one line.
std::string encode_base64(std::string_view bytes);

} // namespace locust
