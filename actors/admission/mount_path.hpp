#pragma once

#include <string>
#include <string_view>

namespace locust {

/// Returns the directory of `path` without `//`, `.`, `..` and a trailing `/`.
/// Relative paths start at `/`, as in the kubelet.
std::string clean_path(std::string_view path);

/// Whether two clean paths are equal, or one is inside the other.
bool paths_conflict(std::string_view a, std::string_view b);

} // namespace locust
