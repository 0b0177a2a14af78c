#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace locust {

/// Whether a child disappeared because its LocustTest was deleted. Watches of
/// different kinds are not ordered, so the garbage collector's deletion of a
/// child may be reported before that of the LocustTest. Only a read of the
/// LocustTest that was sent after the disappearance tells them apart. Pure.
class existence {
public:
  /// Delay before the next read after one that failed.
  static constexpr std::chrono::seconds read_again_after{1};
  /// Delay before the next read after one that did not find the LocustTest. A
  /// watch reports its deletion before, unless that answer was wrong.
  static constexpr std::chrono::seconds doubt_absence_after{30};

  /// Whether the LocustTest existed after the child of this uid had
  /// disappeared.
  bool outlived(const std::string& uid) const {
    return outlived_.count(uid) > 0;
  }

  /// The children of these uids have disappeared. Returns whether to read the
  /// LocustTest now.
  bool asks(std::set<std::string> lost, timestamp now) {
    if (reading_ || (next_read_ && now < *next_read_))
      return false;
    reading_ = true;
    asked_ = std::move(lost);
    return true;
  }

  /// When to call `asks` again although no answer arrives.
  std::optional<timestamp> next_read() const {
    return reading_ ? std::nullopt : next_read_;
  }

  /// The answer shows that it exists and is not being deleted.
  void on_present() {
    reading_ = false;
    next_read_.reset();
    outlived_ = std::exchange(asked_, {});
  }

  /// The answer shows that it is gone or being deleted.
  void on_absent(timestamp now) {
    reading_ = false;
    next_read_ = now + doubt_absence_after;
  }

  /// There was no answer, or an unusable one.
  void on_failure(timestamp now) {
    reading_ = false;
    next_read_ = now + read_again_after;
  }

  /// The state was replaced: what is known is about the children of the old
  /// one. An answer that is still to come confirms nothing.
  void forget() {
    outlived_.clear();
    asked_.clear();
  }

private:
  std::set<std::string> outlived_;
  /// The children that the read in flight is about.
  std::set<std::string> asked_;
  std::optional<timestamp> next_read_;
  bool reading_ = false;
};

} // namespace locust
