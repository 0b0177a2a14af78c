#include "actors/admission/mount_path.hpp"

#include <algorithm>

namespace locust {

std::string clean_path(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    auto slash = std::min(path.find('/'), path.size());
    auto step = path.substr(0, slash);
    if (step == "..")
      result.resize(result.empty() ? 0 : result.rfind('/'));
    else if (!step.empty() && step != ".")
      result.append("/").append(step);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return result.empty() ? "/" : result;
}

bool paths_conflict(std::string_view a, std::string_view b) {
  if (a.size() > b.size())
    std::swap(a, b);
  return a == "/" ||
         (b.starts_with(a) && (b.size() == a.size() || b[a.size()] == '/'));
}

} // namespace locust
