#pragma once

#include "actors/resource_builder/command_line.hpp"
#include "protocol/json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Facts about a spec that other code needs. Pure; all functions accept a spec
// with missing members or wrong types.

namespace locust {

/// Returns the first 16 hexadecimal digits of the SHA-256 of a spec.
/// `spec_text` must have sorted members, as `locust_test::spec` has.
std::string spec_hash(std::string_view spec_text);

/// Returns `worker.replicas`, or 0 if that is not a number.
int32_t expected_workers(const json::value& spec);
int32_t expected_workers(std::string_view spec_text);

/// Returns the flags of `managed_flags_in` in the `extraArgs` of the role
/// (`master` or `worker`).
words overridden_flags(const json::value& spec, std::string_view role);

/// The address of the web API of a Locust master within its pod.
struct web_ui_address {
  uint16_t port = 8089;
  /// Empty, or begins with `/` and does not end with it.
  std::string base_path;
  bool https = false;

  bool operator==(const web_ui_address&) const = default;
};

/// Returns where the web API of the master can be queried, according to its
/// arguments and the literal `LOCUST_*` variables of `env.variables`. Fails
/// when there is none (`--headless`), when it requires a login, when it only
/// listens on the loopback interface, or when the port is unknown. The message
/// is the reason as a clause about the master.
result<web_ui_address> web_ui(const json::value& spec);
result<web_ui_address> web_ui(std::string_view spec_text);

/// Returns the number of users that the arguments of the master ask for
/// (`--users`, `-u`, `LOCUST_USERS`). Nothing when the spec does not say so.
std::optional<int64_t> target_users(std::string_view spec_text);

/// Returns how long the master lets Locust make load (`--run-time`, `-t`,
/// `LOCUST_RUN_TIME`), in Locust's notation. Nothing when the spec does not say
/// so.
std::optional<std::chrono::seconds> run_time(std::string_view spec_text);

/// Returns how long the master stays after the load (`master.autoquit`);
/// nothing for one that does not quit by itself.
std::optional<std::chrono::seconds>
stays_after_load(std::string_view spec_text);

/// Whether the master begins the load when its workers are connected, and does
/// not wait for a start in its web UI: `master.autostart`, or `--headless` or
/// `--autostart` in its arguments or literal variables.
bool starts_by_itself(const json::value& spec);
bool starts_by_itself(std::string_view spec_text);

} // namespace locust
