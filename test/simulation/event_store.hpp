#pragma once

#include "protocol/api_call.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

// The API server, as far as the Events of the LocustTest go.

namespace locust::simulation {

class event_store {
public:
  /// Answers POST and PATCH; `name` is empty for the collection.
  api_response answer(const api_request& request, std::string_view name);

  /// What all Events with this reason and message count together.
  int64_t count_of(const std::string& reason, const std::string& message) const;

  /// An hour has passed.
  void expire() {
    events_.clear();
  }

private:
  struct stored_event {
    std::string reason;
    std::string message;
    int64_t count = 0;
  };

  std::map<std::string, stored_event, std::less<>> events_;
};

} // namespace locust::simulation
