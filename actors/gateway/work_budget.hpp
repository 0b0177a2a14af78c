#pragma once

#include <cstddef>
#include <cstdint>

namespace locust {

/// Limits what the requests of a listener use together.
class work_budget {
public:
  work_budget(size_t most_requests, uint64_t most_bytes)
      : requests_left_(most_requests), bytes_left_(most_bytes) {
    // nop
  }

  /// What one request uses. Belongs to one budget until given back.
  struct share {
    bool counted = false;
    uint64_t bytes = 0;
  };

  /// Raises the bytes of `held` to `bytes`, which must not be less. Returns
  /// false when the limit would be exceeded.
  bool take_bytes(share& held, uint64_t bytes) {
    auto more = bytes - held.bytes;
    if (more > bytes_left_)
      return false;
    bytes_left_ -= more;
    held.bytes = bytes;
    return true;
  }

  /// Counts `held` as a request with a handler. Returns false at the limit.
  bool take_request(share& held) {
    if (requests_left_ == 0)
      return false;
    --requests_left_;
    held.counted = true;
    return true;
  }

  /// Gives everything back.
  void give_back(share& held) {
    requests_left_ += held.counted ? 1 : 0;
    bytes_left_ += held.bytes;
    held = {};
  }

private:
  size_t requests_left_;
  uint64_t bytes_left_;
};

} // namespace locust
