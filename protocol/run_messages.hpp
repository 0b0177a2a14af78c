#pragma once

#include "protocol/api_call.hpp"
#include "protocol/children.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <string>

// What a supervisor receives besides observations. Apart from messages.hpp so
// that cores can take these without knowing CAF.

namespace locust {

/// What came of `create_child`.
struct child_result {
  enum class outcome : uint8_t {
    created,  ///< by this request
    adopted,  ///< it was there and its controller is this LocustTest
    conflict, ///< it was there and belongs to someone else, or is being deleted
    refused,  ///< the API server said no
    failed,   ///< no answer, or one that may be different next time
  };
  child_kind child = child_kind::master_service;
  outcome what = outcome::failed;
  std::string name;
  /// uid and resourceVersion of what exists now.
  std::string uid;
  std::string resource_version;
  /// For `conflict`: who owns it, in words, and whether it is being deleted.
  std::string owner;
  bool deleting = false;
  /// For `refused` and `failed`: HTTP status and the server's own words.
  int status = 0;
  std::string message;
  /// Whether the same request can succeed later without anyone changing
  /// anything (429, 5xx, no connection).
  bool transient = false;
};

/// The status document of this number, or a later one, is stored.
struct status_saved {
  uint64_t revision = 0;
  std::string resource_version;
};

/// What a Locust master says of itself, or that it could not be asked.
struct load_sample {
  /// False when there was no usable answer.
  bool reachable = false;
  int32_t workers = 0;
  timestamp at{};
  /// What `.status.load` shows, a JSON object; null when the sampler knows no
  /// figures.
  shared_text figures{};
};

/// What is stored was written by somebody else, after what our document was
/// made from: the state is to be taken from it anew.
struct status_superseded {
  std::string resource_version;
  shared_text status; ///< the whole `.status`
};

/// Time to look at the clock again. Only the newest generation counts.
struct look_again {
  uint64_t generation = 0;
};

/// This replica is the leader now, until the process ends. The root gets it
/// from the election, and supervisors that watched from the root.
struct leadership {};

} // namespace locust
