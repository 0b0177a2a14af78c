#pragma once

#include <string>
#include <string_view>

namespace locust {

/// Returns the folder that `path` leads to, without `//`, `.`, `..` and a `/`
/// at the end. What is not absolute is seen from `/`, as the kubelet does.
std::string clean_path(std::string_view path);

/// Whether one of two clean paths is the other, or is inside it.
bool paths_conflict(std::string_view a, std::string_view b);

} // namespace locust
