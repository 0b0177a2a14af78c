#pragma once

#include "protocol/enum_map.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/kubernetes/api_resource.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The objects that one LocustTest owns. The table below has everything that
// distinguishes the kinds of children; actors/resource_builder/manifests.cpp
// has their builders.

namespace locust {

/// In the order of their creation (docs/behaviour/children.md#ownership).
enum class child_kind : uint8_t { master_service, master_job, worker_job };
inline constexpr size_t child_count = 3;

struct child_row {
  child_kind kind;
  /// Used in history and journal, a stored format.
  std::string_view name;
  /// Label in the metrics.
  std::string_view metric;
  /// Used in Kubernetes Events.
  std::string_view title;
  const api_resource& resource;
  /// Suffix of its name, and the role that it serves.
  std::string_view suffix;
  std::string_view role;
  /// The watch that reports it.
  watched_kind watch;
  /// It creates pods, which belong to the run.
  bool has_pods;
};

inline constexpr std::array<child_row, child_count> child_rows = {{
    {child_kind::master_service, "MasterService", "master_service",
     "Master Service", resources::services, "-master", "master",
     watched_kind::services, false},
    {child_kind::master_job, "MasterJob", "master_job", "Master Job",
     resources::jobs, "-master", "master", watched_kind::jobs, true},
    {child_kind::worker_job, "WorkerJob", "worker_job", "Worker Job",
     resources::jobs, "-worker", "worker", watched_kind::jobs, true},
}};

constexpr const child_row& row_of(child_kind child) {
  return child_rows[static_cast<size_t>(child)];
}

static_assert(
    [] {
      for (size_t i = 0; i < child_count; ++i)
        if (child_rows[i].kind != static_cast<child_kind>(i))
          return false;
      return true;
    }(),
    "the rows stand in the order of the enumerators");

/// One value for each kind of child.
template <class T>
using per_child = enum_map<child_kind, T, child_count>;

/// Returns `name` of the row.
std::string_view to_string(child_kind child);
std::optional<child_kind> parse_child_kind(std::string_view text);

/// Returns `name` with every `.` replaced by `-`
/// (docs/behaviour/children.md#names).
std::string sanitised(std::string_view name);

/// Returns the name of a child of the LocustTest called `test_name`; Service
/// and master Job share one. Example: `shop.load` -> `shop-load-master`.
std::string child_name(std::string_view test_name, child_kind child);

/// Returns the child of the LocustTest called `test_name` that has this name
/// among the objects of one watch; nothing when there is none.
std::optional<child_kind> child_named(std::string_view name, watched_kind watch,
                                      std::string_view test_name);

/// Returns the resource that children of this kind are.
constexpr const api_resource& resource_of(child_kind child) {
  return row_of(child).resource;
}

} // namespace locust
