#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>

namespace locust {

/// The kinds of failures that callers distinguish.
enum class errc : uint8_t {
  malformed,     ///< text in a wrong format (JSON, YAML, a time)
  bad_setting,   ///< a flag, environment variable or kubeconfig entry is wrong
  unreachable,   ///< no connection, or it broke; the result is unknown
  not_found,     ///< a file or an API object does not exist
  not_permitted, ///< 401, 403, or no permission to read a file
  refused,       ///< the server rejected the request
};

/// A failure as a value. `message` is one sentence for users: what is wrong,
/// where, and what would be right.
struct error {
  errc code = errc::malformed;
  std::string message;

  bool operator==(const error&) const = default;
};

/// A `T`, or the reason why there is none. Cores do not throw.
template <class T>
using result = tl::expected<T, error>;

/// Returns a failure from a function that returns a `result`.
inline tl::unexpected<error> fail(errc code, std::string message) {
  return tl::unexpected<error>(error{code, std::move(message)});
}

} // namespace locust
