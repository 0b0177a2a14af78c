#pragma once

#include "protocol/kubernetes/api_resource.hpp"
#include "protocol/kubernetes/object_path.hpp"

#include <string>

namespace locust {

/// Identifies one object of the API server by name.
struct api_object {
  api_resource resource;
  std::string ns; ///< empty for cluster-scoped objects
  std::string name;
};

/// Returns the path of its collection.
inline std::string collection_path(const api_object& x) {
  return collection_path(x.resource, x.ns);
}

/// Returns the path of the object.
inline std::string object_path(const api_object& x) {
  return object_path(x.resource, x.ns, x.name);
}

/// Returns `Secret "locust/webhook"`.
std::string in_words(const api_object& x);

} // namespace locust
