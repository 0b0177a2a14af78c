#pragma once

#include "protocol/remark.hpp"

#include <map>
#include <string>
#include <vector>

namespace locust {

/// Says a trouble once, not with every look that finds it again, and says when
/// it is over.
class recurring_remarks {
public:
  /// Notes what this look found about `topic`, an object in words. The last
  /// one counts. Equal keys are the same trouble, be it in other words:
  /// messages of servers contain times and addresses.
  void note(const std::string& topic, std::string key, remark what);

  /// Returns what is news at the end of a look.
  std::vector<remark> news();

private:
  struct noted {
    std::string key;
    remark what;
  };

  std::map<std::string, noted> now_;
  std::map<std::string, noted> before_;
};

} // namespace locust
