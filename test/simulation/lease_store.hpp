#pragma once

#include "protocol/api_call.hpp"
#include "test/simulation/timeline.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

// The API server, as far as the Lease goes: what is stored, and who watches it.

namespace locust::simulation {

class lease_store {
public:
  /// Gives each change of the Lease a new version.
  lease_store(const timeline& time, std::function<std::string()> next_version)
      : time_(time), next_version_(std::move(next_version)) {
    // nop
  }

  /// Answers GET, POST and PUT.
  api_response answer(const api_request& request);

  /// Streams the changes after the version that `target` names to `deliver`,
  /// line by line, until `stop`. Returns the number of the watch.
  uint64_t watch(const std::string& target,
                 std::function<void(std::string line)> deliver);
  void stop(uint64_t watch);

  // -- what people do ---------------------------------------------------------

  bool remove();

  /// Puts another holder into it, who never renews.
  bool seize();

  /// Whether this identity has written the Lease so lately that its process may
  /// believe in it at the time `now`.
  bool may_be_believed_by(const std::string& identity, timestamp now) const;

  /// Whether a person has deleted it less than this ago.
  bool was_removed_within(duration time) const;

private:
  void store(std::string_view body, std::string_view uid);
  void tell(const std::string& type);
  std::string line(const std::string& type) const;

  const timeline& time_;
  std::function<std::string()> next_version_;
  /// JSON text; nothing when there is no Lease.
  std::optional<std::string> object_;
  std::string version_;
  std::string uid_;
  int leases_ = 0;
  /// When each identity wrote itself into the Lease last.
  std::map<std::string, timestamp> held_at_;
  std::optional<timestamp> removed_at_;
  std::map<uint64_t, std::function<void(std::string)>> watches_;
  uint64_t last_watch_ = 0;
};

} // namespace locust::simulation
