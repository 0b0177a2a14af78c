#pragma once

#include "actors/resource_builder/spec_cursor.hpp"
#include "protocol/json.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

// What `locust.io/v1` can express, as values: the common ground of both
// versions. An empty string, list or map equals none, except for what v1
// requires. Views live as long as the document that they were read from.

namespace locust {

using sorted_texts = std::map<std::string_view, std::string_view>;

struct flat_toleration {
  std::string_view key;
  std::string_view op;
  std::string_view value;
  std::string_view effect;

  auto operator<=>(const flat_toleration&) const = default;
};

struct flat_role {
  std::optional<std::string_view> command;
  sorted_texts labels;
  sorted_texts annotations;

  bool operator==(const flat_role&) const = default;
};

struct flat_spec {
  std::optional<std::string_view> image;
  std::string_view image_pull_policy;
  std::vector<std::string_view> image_pull_secrets;
  flat_role master;
  flat_role worker;
  std::optional<int32_t> replicas;
  std::string_view config_map;
  std::string_view lib_config_map;
  /// Whether there is a node affinity; in v1 also when it is empty.
  bool has_affinity = false;
  /// Labels that a node must have, each with its one value.
  sorted_texts node_labels;
  std::vector<flat_toleration> tolerations;

  bool operator==(const flat_spec&) const = default;
};

/// Reads the `.spec` of a v1 object. Any field may be missing, because the API
/// server also converts partial objects (server-side apply). Adds wrong types
/// to `faults`.
flat_spec read_v1_spec(const json::value& spec, spec_faults& faults);

/// Reads the parts of the `.spec` of a v2 object that v1 can express
/// (docs/behaviour/conversion.md#v2-to-v1).
flat_spec read_v2_spec(const json::value& spec, spec_faults& faults);

/// Returns key and value of a node selector expression that v1 can express: an
/// `In`, of which the first value counts.
std::optional<std::pair<std::string_view, std::string_view>>
read_node_label(const spec_cursor& expression);

/// Writes `spec` as a v1 object, without members that have no value.
void put_v1_spec(json::writer& out, const flat_spec& spec);

} // namespace locust
