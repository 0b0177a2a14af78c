#pragma once

#include "protocol/log_message.hpp"

#include <map>
#include <string>
#include <vector>

namespace locust {

/// Reports a problem only when it first occurs, not at every reconciliation,
/// and reports when it is resolved.
class log_deduplicator {
public:
  /// Records a finding about `topic`, the name of an object. The last one per
  /// topic counts. Findings with the same key are the same problem, even if the
  /// texts differ: server messages contain times and addresses.
  void note(const std::string& topic, std::string key, log_message what);

  /// Ends a reconciliation. Returns what is new.
  std::vector<log_message> take_new();

private:
  struct noted {
    std::string key;
    log_message what;
  };

  std::map<std::string, noted> now_;
  std::map<std::string, noted> before_;
};

} // namespace locust
