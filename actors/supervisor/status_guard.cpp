#include "actors/supervisor/status_guard.hpp"

#include "protocol/condition_names.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace locust {

namespace {

/// The fields that status_document.cpp writes, but for `conditions` and `load`.
constexpr std::array<const char*, 11> own_fields = {"phase",
                                                    "observedGeneration",
                                                    "expectedWorkers",
                                                    "connectedWorkers",
                                                    "startTime",
                                                    "completionTime",
                                                    "specHash",
                                                    "runSpec",
                                                    "compressedRunSpec",
                                                    "result",
                                                    "history"};

bool is_own(const json::value& condition) {
  auto type = json::text_at(condition, {"type"});
  return std::find(condition_names.begin(), condition_names.end(), type) !=
         condition_names.end();
}

bool is_terminal(std::string_view phase) {
  return phase == "Succeeded" || phase == "Failed";
}

std::string own_conditions_of(const json::value& status) {
  std::vector<std::string> all;
  const auto* conditions = json::find(status, {"conditions"});
  if (conditions != nullptr && conditions->IsArray())
    for (const auto& each : conditions->GetArray())
      if (is_own(each))
        all.push_back(json::dump_canonical(each));
  std::sort(all.begin(), all.end());
  std::string text;
  for (const auto& each : all)
    text += each + '\n';
  return text;
}

bool is_same(const shared_text& a, const shared_text& b) {
  if (a == b || (a && b && *a == *b))
    return true;
  return own_part_of(a ? *a : "") == own_part_of(b ? *b : "");
}

} // namespace

std::string own_part_of(std::string_view status) {
  auto doc = json::parse(status);
  if (!doc)
    return {};
  std::string text;
  for (const auto* name : own_fields)
    if (const auto* field = json::find(*doc, {name}))
      text += name + (':' + json::dump_canonical(*field)) + '\n';
  // The figures of a running test change without a document.
  if (const auto* load = json::find(*doc, {"load"});
      load != nullptr && is_terminal(json::text_at(*doc, {"phase"})))
    text += "load:" + json::dump_canonical(*load) + '\n';
  return text + own_conditions_of(*doc);
}

void status_guard::restored_from(const locust_test& test) {
  good_ = test.status;
  version_ = test.resource_version;
}

void status_guard::stored(shared_text document, std::string version) {
  good_ = std::move(document);
  version_ = std::move(version);
}

bool status_guard::is_spoiled(const locust_test& test) {
  auto order = compare_resource_versions(test.resource_version, version_);
  if (!order || *order == std::strong_ordering::less)
    return false;
  bool is_stored = *order == std::strong_ordering::equal;
  if (!is_stored && !is_same(test.status, good_))
    return true;
  good_ = test.status;
  return false;
}

bool status_guard::is_shown_by(const locust_test& test) const {
  auto order = compare_resource_versions(test.resource_version, version_);
  return order && *order != std::strong_ordering::less &&
         is_same(test.status, good_);
}

void status_guard::on_repair(timestamp now) {
  if (now >= next_ + calm_after)
    pause_ = {};
  pause_ = std::clamp(2 * pause_, shortest_pause, longest_pause);
  next_ = now + pause_;
}

} // namespace locust
