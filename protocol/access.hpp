#pragma once

#include <cstdint>
#include <functional>
#include <string>

// Whether the bearer of a token may read a page of the operator.

namespace locust {

struct access_verdict {
  enum class kind : uint8_t {
    allowed,
    unknown,         ///< no token, or not one of this cluster
    denied,          ///< the user has no permission
    unauthenticated, ///< the authentication request failed
    undecided,       ///< the authorization request failed
  };
  kind what = kind::unauthenticated;
  /// Name of the user, if known.
  std::string user;

  bool operator==(const access_verdict&) const = default;
};

/// Receives the verdict: exactly once, on any thread.
using verdict_callback = std::function<void(const access_verdict&)>;

struct access_question {
  std::string token; ///< secret
  std::string path;  ///< `/metrics`
  std::string verb;  ///< HTTP method in lower case
  verdict_callback give;
};

/// Asks asynchronously. The question may be dropped when the process ends.
using ask_access = std::function<void(access_question)>;

} // namespace locust
