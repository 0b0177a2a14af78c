#include "protocol/kubernetes/api_resource.hpp"

namespace locust {

std::string api_version_of(const api_resource& x) {
  auto group = x.group.empty() ? "" : std::string(x.group) + '/';
  return group + std::string(x.version);
}

std::string qualified_name(const api_resource& x) {
  auto group = x.group.empty() ? "" : '.' + std::string(x.group);
  return std::string(x.plural) + group;
}

} // namespace locust
