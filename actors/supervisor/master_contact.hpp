#pragma once

#include "actors/supervisor/observed_objects.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// What the samples of a running Locust master allow to say
// (docs/behaviour/lifecycle.md#asking-the-master).

namespace locust {

/// How long a running master may be silent before it counts as unreachable.
/// Locust needs 1 to 15 s to import the locustfile and open its ports; a master
/// under load may miss a few requests.
inline constexpr auto unreachable_limit = std::chrono::seconds(30);

/// Locust opens its web UI within a moment after the port for workers. If the
/// one still refuses connections this long after the other accepts them, there
/// is no web UI, whatever the spec says: a configuration file or a variable
/// from a ConfigMap made Locust headless.
inline constexpr auto refused_limit = std::chrono::seconds(3);

enum class contact : uint8_t {
  pending,        ///< it opens its ports, missed a request, or is ending
  answers,        ///< its web API answers
  without_web_ui, ///< it runs, and has no web API that can be asked
  unreachable,
};

/// How the operator can learn about a master, according to its spec and to
/// `--master-access`.
struct master_reach {
  /// Its web API can be asked.
  bool asks = true;
  /// Why not, if it cannot; empty when unknown.
  std::string why_not{};
  /// The operator can connect to its port for workers.
  bool knocks = true;
};

struct master_contact {
  contact how = contact::pending;
  /// When to judge again although nothing is observed.
  std::optional<timestamp> look_again{};
  /// `without_web_ui` and `unreachable`: why it cannot be asked; empty when
  /// unknown.
  std::string why{};
};

/// Judges the running master.
master_contact contact_with_master(const observed_objects& seen,
                                   const master_reach& reach, timestamp now);

} // namespace locust
