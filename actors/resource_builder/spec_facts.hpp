#pragma once

#include "actors/resource_builder/command_line.hpp"
#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What others need to know of a spec. Pure; all of them are content with a spec
// that lacks anything or has wrong types.

namespace locust {

/// Returns 16 hexadecimal digits that differ when two specs differ (the front
/// of their SHA-256). `spec_text` must have sorted members, as
/// `locust_test::spec` has.
std::string spec_hash(std::string_view spec_text);

/// Returns `worker.replicas`, or 0 when there is no such number.
int32_t expected_workers(const json::value& spec);
int32_t expected_workers(std::string_view spec_text);

/// Returns the flags of `managed_flags_in` that the role (`master` or `worker`)
/// has among its `extraArgs`.
words overridden_flags(const json::value& spec, std::string_view role);

/// Where a Locust master serves its web API within its pod.
struct web_ui_address {
  uint16_t port = 8089;
  /// Empty, or begins with `/` and does not end with one.
  std::string base_path;
  bool https = false;

  bool operator==(const web_ui_address&) const = default;
};

/// Returns where the web API of this test's master can be asked, as far as its
/// arguments and the literal `LOCUST_*` variables of `env.variables` tell.
/// Nothing when there will be none (`--headless`), when it wants a log-in, when
/// it listens on the loopback alone, or when the port cannot be told.
std::optional<web_ui_address> web_ui(const json::value& spec);
std::optional<web_ui_address> web_ui(std::string_view spec_text);

} // namespace locust
