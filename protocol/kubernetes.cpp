#include "protocol/kubernetes.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

constexpr std::array<std::string_view, watched_kind_count> kind_names = {
    "locusttests",  "services",     "jobs",         "pods",
    "pod warnings", "job warnings", "pod evictions"};

} // namespace

std::string to_string(const object_key& key) {
  return key.ns + '/' + key.name;
}

std::string_view to_string(watched_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

const object_key& key_of(const seen_object& object) {
  return std::visit([](const auto& o) -> const object_key& { return o.key; },
                    object);
}

const std::string& uid_of(const seen_object& object) {
  return std::visit([](const auto& o) -> const std::string& { return o.uid; },
                    object);
}

std::optional<std::strong_ordering>
compare_resource_versions(std::string_view a, std::string_view b) {
  auto is_decimal = [](std::string_view text) {
    return !text.empty() && text.front() != '0' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_decimal(a) || !is_decimal(b))
    return std::nullopt;
  if (a.size() != b.size())
    return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

} // namespace locust
