#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/history_mark.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/observation.hpp"

#include <memory>
#include <string>

namespace locust {

/// Returns the LocustTest that is seen; null when it is something else.
std::shared_ptr<const locust_test> test_in(const observation& what);

/// Whether it says that the LocustTest is gone.
bool is_end_of_test(const observation& what);

/// Returns the JSON text of its spec, never null; empty when there is none.
std::shared_ptr<const std::string> spec_of(const locust_test& test);

/// Returns the JSON text of its status; empty when there is none.
std::string status_text(const locust_test& test);

/// Whether both show the same status.
bool same_status(const locust_test& a, const locust_test& b);

/// Returns `test` with this status in this version, if that is later.
std::shared_ptr<const locust_test>
later(const std::shared_ptr<const locust_test>& test,
      const std::string& resource_version,
      const std::shared_ptr<const std::string>& status);

/// Which stored status a state was taken from. A new leader may have begun with
/// one that was not the newest: until something of its own is stored, which
/// happens only on top of the newest, it looks out for what the old leader
/// stored last. Pure.
class lineage {
public:
  /// Where the history of this state ends.
  static history_mark end_of(const lifecycle::state& s);

  bool has_begun() const {
    return begun_;
  }

  /// The state is taken from this LocustTest. Returns whether it replaces one.
  bool begins_at(const locust_test& test);

  /// What came of the state is stored.
  void confirm() {
    confirmed_ = true;
  }

  const history_mark& base() const {
    return base_;
  }

  /// Whether the state is what this LocustTest shows, and nothing of its own
  /// is stored.
  bool is_at(const locust_test& test) const;

  /// Whether what this LocustTest shows may be what the state `s` comes from or
  /// has led to. False means that another leader has written it, or that an
  /// entry of ours was dropped from the history since.
  bool is_own(const locust_test& test, const lifecycle::state& s) const;

  /// Whether the state has to be taken from this LocustTest anew, for what it
  /// shows is neither what the state `s` comes from nor what came of it.
  bool must_follow(const locust_test& test, const lifecycle::state& s) const;

private:
  history_mark base_;
  bool begun_ = false;
  bool confirmed_ = false;
};

} // namespace locust
