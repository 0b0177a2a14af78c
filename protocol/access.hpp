#pragma once

#include <cstdint>
#include <functional>
#include <string>

// Whether somebody who has only a token may read a page of ours.

namespace locust {

struct access_verdict {
  enum class kind : uint8_t {
    allowed,
    unknown,         ///< no token, or none of a user of the cluster
    denied,          ///< the user may not
    unauthenticated, ///< it could not be found out who it is
    undecided,       ///< nor whether the user may
  };
  kind what = kind::unauthenticated;
  /// Name of the user, where it is known.
  std::string user;

  bool operator==(const access_verdict&) const = default;
};

/// Gets the verdict: once, on any thread.
using give_verdict = std::function<void(const access_verdict&)>;

struct access_question {
  std::string token; ///< secret
  std::string path;  ///< `/metrics`
  std::string verb;  ///< HTTP method in lower case
  give_verdict give;
};

/// Asks without waiting. May drop the question when the process ends.
using ask_access = std::function<void(access_question)>;

} // namespace locust
