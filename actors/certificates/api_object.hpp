#pragma once

#include "protocol/api_call.hpp"

#include <string>
#include <string_view>

// The few objects that the keeper of the certificate reads and writes.

namespace locust {

/// One object of the API server, by name.
struct api_object {
  std::string_view kind;     ///< `Secret`
  std::string_view group;    ///< empty for core
  std::string_view version;  ///< `v1`
  std::string_view resource; ///< `secrets`
  std::string ns;            ///< empty: not in a namespace
  std::string name;
};

/// Returns the path of its collection, for a POST.
std::string collection_of(const api_object& x);

/// Returns its path.
std::string path_of(const api_object& x);

/// Returns `Secret "locust/webhook"`.
std::string in_words(const api_object& x);

/// Returns whether the same request may succeed later without anyone's doing:
/// no answer, 5xx, a request too many, or an object that has changed meanwhile.
bool is_transient(const api_response& response);

/// Puts into one sentence why `verb` (`get`, `create`, `update` or `patch`, the
/// words of RBAC) failed, and what right is missing when that is why.
std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response);

} // namespace locust
