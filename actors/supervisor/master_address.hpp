#pragma once

#include "actors/resource_builder/spec_facts.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// How masters are asked (`--master-access`).
enum class master_access : uint8_t {
  direct, ///< at the addresses of their pods
  proxy,  ///< through the pod proxy of the API server
  off,    ///< not at all
};

/// What can be asked of a master with a spec.
struct web_access {
  /// Nothing when its web UI cannot be queried.
  std::optional<web_ui_address> web_ui{};
  /// The number of users that its arguments ask for, if they do.
  std::optional<int64_t> target_users{};
  /// How long it stays after the load; nothing when it does not quit by itself.
  std::optional<std::chrono::seconds> stays{};
};

/// Returns where the web UI of a master with this spec can be queried, or why
/// it cannot.
result<web_ui_address> reachable_web_ui(std::string_view spec,
                                        master_access access);

/// Returns the running master that is to be sampled, if any. One without a web
/// UI is sampled until workers can connect to it: nothing else can be known.
std::optional<followed_master> master_to_follow(const lifecycle::state& s,
                                                const observed_objects& seen,
                                                const web_access& what,
                                                master_access access);

} // namespace locust
