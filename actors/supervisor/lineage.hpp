#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/history_mark.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/observation.hpp"

#include <memory>
#include <string>

namespace locust {

/// Returns the observed LocustTest; null when the observation is about another
/// kind.
std::shared_ptr<const locust_test> test_in(const observation& what);

/// Whether the observation says that the LocustTest is gone.
bool is_end_of_test(const observation& what);

/// Returns the JSON text of the spec: never null; empty when there is no spec.
std::shared_ptr<const std::string> spec_of(const locust_test& test);

/// Returns the JSON text of the status; empty when there is none.
std::string status_text(const locust_test& test);

/// Whether both have the same history, regardless of the rest of their status.
bool same_history(const locust_test& a, const locust_test& b);

/// Returns `test` with this status and resourceVersion, if they are newer.
std::shared_ptr<const locust_test>
later(const std::shared_ptr<const locust_test>& test,
      const std::string& resource_version,
      const std::shared_ptr<const std::string>& status);

/// The stored status that a state was restored from. A new leader may have
/// started from a status that was not the newest. Until it has stored a status
/// itself, which the API server accepts only on top of the newest one, it
/// checks for what the old leader stored last. Pure.
class lineage {
public:
  /// Returns where the history of this state ends.
  static history_mark end_of(const lifecycle::state& s);

  /// Whether a state was restored before.
  bool has_begun() const {
    return begun_;
  }

  /// The state is restored from this LocustTest. Returns whether it replaces
  /// another one.
  bool begins_at(const locust_test& test);

  /// A status that was derived from the state is stored.
  void confirm() {
    confirmed_ = true;
  }

  /// Whether `confirm` was called since the state was restored.
  bool is_confirmed() const {
    return confirmed_;
  }

  const history_mark& base() const {
    return base_;
  }

  /// Whether the state equals what this LocustTest shows, and no status derived
  /// from it is stored.
  bool is_at(const locust_test& test) const;

  /// Whether the state `s` may be based on what this LocustTest shows, or have
  /// led to it. False means that another leader has written it, or that an
  /// entry of ours was dropped from the history since.
  bool is_own(const locust_test& test, const lifecycle::state& s) const;

  /// Whether no operator wrote what this LocustTest shows: a status of ours is
  /// stored, and this history has no entry of the state `s`. Another leader
  /// would have gone on from ours.
  bool is_garbled(const locust_test& test, const lifecycle::state& s) const;

private:
  history_mark base_;
  bool begun_ = false;
  bool confirmed_ = false;
};

} // namespace locust
