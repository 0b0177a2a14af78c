#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>

namespace locust {

/// What kind of failure it was, as far as a caller has to tell them apart.
enum class errc : uint8_t {
  malformed,     ///< text that is not what it should be (JSON, YAML, a time)
  bad_setting,   ///< a flag, environment variable or kubeconfig entry is wrong
  unreachable,   ///< no connection, or it broke; the outcome is unknown
  not_found,     ///< a file or an API object that is not there
  not_permitted, ///< 401, 403, or a file that may not be read
  refused,       ///< the other side answered and said no
};

/// A failure as a value. `message` is one sentence for a person: what is wrong,
/// where, and what would be right.
struct error {
  errc code = errc::malformed;
  std::string message;

  bool operator==(const error&) const = default;
};

/// Either a `T` or the reason why there is none. Nothing in the cores throws.
template <class T>
using result = tl::expected<T, error>;

/// Shorthand for returning a failure from a function that returns a `result`.
inline tl::unexpected<error> fail(errc code, std::string message) {
  return tl::unexpected<error>(error{code, std::move(message)});
}

} // namespace locust
