#pragma once

#include "protocol/kubernetes/api_resource.hpp"

#include <string>
#include <string_view>
#include <utility>

// URL paths of the API server.

namespace locust {

/// Returns the path of a collection, for list, watch and create:
/// `/apis/batch/v1/namespaces/perf/jobs`. Without a namespace it is the path of
/// a cluster-scoped resource, or of all namespaces.
std::string collection_path(const api_resource& resource,
                            std::string_view ns = {});

/// Returns the path of one object: `/api/v1/namespaces/perf/services/a-master`.
std::string object_path(const api_resource& resource, std::string_view ns,
                        std::string_view name);

/// A path with a query: `?name=value&name=value`.
class path_with_query {
public:
  explicit path_with_query(std::string path);

  /// Adds a parameter; `value` is percent-encoded.
  path_with_query& add(std::string_view name, std::string_view value);

  std::string take() {
    return std::move(text_);
  }

private:
  std::string text_;
  bool has_query_ = false;
};

} // namespace locust
