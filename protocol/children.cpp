#include "protocol/children.hpp"

#include <algorithm>

namespace locust {

std::string_view to_string(child_kind child) {
  return row_of(child).name;
}

std::optional<child_kind> parse_child_kind(std::string_view text) {
  for (const auto& row : child_rows)
    if (row.name == text)
      return row.kind;
  return std::nullopt;
}

std::string sanitised(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '.', '-');
  return result;
}

std::string child_name(std::string_view test_name, child_kind child) {
  return sanitised(test_name).append(row_of(child).suffix);
}

std::optional<child_kind> child_named(std::string_view name, watched_kind watch,
                                      std::string_view test_name) {
  for (const auto& row : child_rows)
    if (row.watch == watch && child_name(test_name, row.kind) == name)
      return row.kind;
  return std::nullopt;
}

} // namespace locust
