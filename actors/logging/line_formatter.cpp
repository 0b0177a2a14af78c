#include "actors/logging/line_formatter.hpp"

#include "protocol/json.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>

namespace locust {

namespace {

constexpr auto our_name = "locust-operator";
constexpr auto time_pattern = "%Y-%m-%dT%H:%M:%S.%e%z";

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7f';
}

/// Replaces characters that end a line or control a terminal.
std::string on_one_line(std::string_view text) {
  auto clean = json::clean_text(text, text.size());
  std::string line;
  line.reserve(clean.size());
  for (char c : clean) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\t')
      line += ' ';
    else
      line += is_control(c) ? '?' : c;
  }
  return line;
}

void append(spdlog::memory_buf_t& to, std::string_view text) {
  to.append(text.data(), text.data() + text.size());
}

class json_line {
public:
  json_line() {
    out_.StartObject();
  }

  void add(const char* key, std::string_view value) {
    auto clean = json::clean_text(value, value.size());
    out_.Key(key);
    out_.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  }

  /// Omits an empty value.
  void add_if(const char* key, std::string_view value) {
    if (!value.empty())
      add(key, value);
  }

  std::string take() {
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

} // namespace

std::string in_text(const log_fields& fields) {
  if (fields.logger.empty())
    return on_one_line(fields.message);
  auto line = std::string(fields.test) + " uid=" + std::string(fields.uid);
  if (!fields.event.empty())
    line += ' ' + std::string(fields.event);
  line += ": " + std::string(fields.message);
  if (fields.before != fields.phase) {
    line += " [";
    if (!fields.before.empty())
      line += std::string(fields.before) + " -> ";
    line += std::string(fields.phase) + ']';
  }
  return on_one_line(line);
}

std::string in_json(std::string_view time, std::string_view level,
                    const log_fields& fields) {
  json_line line;
  line.add("time", time);
  line.add("level", level);
  line.add("logger", fields.logger.empty() ? our_name : fields.logger);
  line.add("message", fields.message);
  line.add_if("test", fields.test);
  line.add_if("uid", fields.uid);
  line.add_if("event", fields.event);
  line.add_if("phase", fields.phase);
  if (fields.before != fields.phase)
    line.add_if("phaseBefore", fields.before);
  return line.take();
}

line_formatter::line_formatter(log_format format)
    : format_(format),
      time_(time_pattern, spdlog::pattern_time_type::local, "") {
  // nop
}

void line_formatter::format(const spdlog::details::log_msg& message,
                            spdlog::memory_buf_t& into) {
  spdlog::memory_buf_t time;
  time_.format(message, time);
  auto at = std::string_view(time.data(), time.size());
  auto level = spdlog::level::to_string_view(message.level);
  auto named = std::string_view(level.data(), level.size());
  auto fields = unpacked({message.payload.data(), message.payload.size()});
  if (format_ == log_format::json)
    append(into, in_json(at, named, fields));
  else
    append(into,
           std::string(at) + ' ' + std::string(named) + ' ' + in_text(fields));
  append(into, "\n");
}

std::unique_ptr<spdlog::formatter> line_formatter::clone() const {
  return std::make_unique<line_formatter>(format_);
}

void set_up_log(log_format format, const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt(our_name));
  spdlog::set_formatter(std::make_unique<line_formatter>(format));
  spdlog::set_level(spdlog::level::from_str(level));
  spdlog::flush_on(spdlog::level::trace);
}

} // namespace locust
