#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace locust {

/// Returns the part of a `.status` that the operator writes, as canonical JSON:
/// equal for two statuses that differ in conditions of other controllers, in
/// the order of conditions, in the figures of a running test, or in fields that
/// this version does not know.
std::string own_part_of(std::string_view status);

/// Notices when another client has changed what the operator stored, and limits
/// how often it is written again. Pure.
class status_guard {
public:
  /// Minimum time between two repairs. It doubles each time, up to the longest,
  /// because whoever does it may do it again and again.
  static constexpr std::chrono::seconds shortest_pause{1};
  static constexpr std::chrono::seconds longest_pause{60};
  /// After this time without a repair, the next one is made at once again.
  static constexpr std::chrono::minutes calm_after{5};

  /// The state was restored from the status of this LocustTest.
  void restored_from(const locust_test& test);

  /// This document is stored; the object has this resourceVersion since.
  void stored(shared_text document, std::string version);

  /// Whether a later version of the LocustTest than the stored one shows
  /// another status. Fields that the API server dropped or changed when it
  /// stored the document do not count.
  bool is_spoiled(const locust_test& test);

  /// Whether this version of the LocustTest shows the stored status.
  bool is_shown_by(const locust_test& test) const;

  /// When the status may be written again.
  timestamp next_repair() const {
    return next_;
  }

  /// From when on nothing has to be kept of the last repair.
  timestamp calm_at() const {
    return pause_.count() > 0 ? next_ + calm_after : timestamp{};
  }

  void on_repair(timestamp now);

private:
  /// The status that is known to be stored, at this version or later.
  shared_text good_;
  std::string version_;
  timestamp next_{};
  std::chrono::seconds pause_{0};
};

} // namespace locust
