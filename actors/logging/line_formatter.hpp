#pragma once

#include "actors/logging/object_line.hpp"

#include <spdlog/pattern_formatter.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace locust {

enum class log_format : uint8_t { plain, json };

/// What stands after time and level in a line of text: one line whatever the
/// message holds.
std::string in_text(const log_fields& fields);

/// A whole line of JSON, without its end: valid whatever the message holds.
std::string in_json(std::string_view time, std::string_view level,
                    const log_fields& fields);

/// Gives the lines of the log their form.
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

/// Sends the log to stderr in this format, each line at once. `level` is
/// spdlog's name of it.
void set_up_log(log_format format, const std::string& level);

} // namespace locust
