#pragma once

#include "actors/logging/object_line.hpp"

#include <spdlog/pattern_formatter.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace locust {

enum class log_format : uint8_t { plain, json };

/// Returns a line of the plain format, without time and level. It stays on one
/// line whatever the message contains.
std::string in_text(const log_fields& fields);

/// Returns a line of the JSON format without its newline. It is valid JSON
/// whatever the message contains.
std::string in_json(std::string_view time, std::string_view level,
                    const log_fields& fields);

/// Formats log lines for spdlog.
class line_formatter final : public spdlog::formatter {
public:
  explicit line_formatter(log_format format);

  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& into) override;
  std::unique_ptr<spdlog::formatter> clone() const override;

private:
  log_format format_;
  spdlog::pattern_formatter time_;
};

/// Sends the log to stderr in this format and flushes each line. `level` is the
/// name of a spdlog level.
void set_up_log(log_format format, const std::string& level);

} // namespace locust
