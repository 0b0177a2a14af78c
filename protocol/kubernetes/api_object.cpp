#include "protocol/kubernetes/api_object.hpp"

namespace locust {

std::string in_words(const api_object& x) {
  return std::string(x.resource.kind) + " \"" +
         (x.ns.empty() ? "" : x.ns + '/') + x.name + '"';
}

} // namespace locust
