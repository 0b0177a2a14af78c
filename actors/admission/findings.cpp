#include "actors/admission/findings.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

constexpr size_t violation_limit = 50;
constexpr size_t quote_limit = 100;
constexpr size_t warning_limit = 250;
constexpr size_t all_warnings_limit = 4000;

std::string shortened(std::string_view text, size_t limit) {
  auto result = json::clean_line(text, limit);
  return text.size() <= limit ? result : result + "...";
}

} // namespace

void findings::violation(const subject& s, std::string_view rule) {
  violation(std::string(s.what) + ' ' + in_quotes(s.value) + " (" + s.place +
            ") " + std::string(rule));
}

void findings::violation(std::string text) {
  ++count_;
  if (violations_.size() < violation_limit)
    violations_.push_back(std::move(text));
}

void findings::warning(std::string_view text) {
  auto cut = shortened(text, warning_limit);
  warning_bytes_ += cut.size();
  if (warning_bytes_ <= all_warnings_limit)
    warnings_.push_back(std::move(cut));
}

std::string findings::refusal() const {
  std::string result;
  for (const auto& text : violations_)
    result += (result.empty() ? "" : "; ") + text;
  if (count_ > violations_.size())
    result += "; and " + std::to_string(count_ - violations_.size()) + " more";
  return result;
}

std::string in_quotes(std::string_view text) {
  return '"' + shortened(text, quote_limit) + '"';
}

std::string key_path(std::string_view path, std::string_view key) {
  return std::string(path) + '[' + in_quotes(key) + ']';
}

} // namespace locust
