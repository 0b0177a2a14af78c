#pragma once

#include <string>
#include <string_view>

// The resources of the Kubernetes API that the operator uses.

namespace locust {

/// A resource type, for paths, manifests and RBAC rules.
struct api_resource {
  std::string_view kind;    ///< `Job`
  std::string_view group;   ///< `batch`; empty for the core group
  std::string_view version; ///< `v1`
  std::string_view plural;  ///< `jobs`

  bool operator==(const api_resource&) const = default;
};

namespace resources {

inline constexpr api_resource locust_tests{"LocustTest", "locust.io", "v2",
                                           "locusttests"};
inline constexpr api_resource services{"Service", "", "v1", "services"};
inline constexpr api_resource jobs{"Job", "batch", "v1", "jobs"};
inline constexpr api_resource pods{"Pod", "", "v1", "pods"};
inline constexpr api_resource events{"Event", "", "v1", "events"};
inline constexpr api_resource config_maps{"ConfigMap", "", "v1", "configmaps"};
inline constexpr api_resource secrets{"Secret", "", "v1", "secrets"};
inline constexpr api_resource leases{"Lease", "coordination.k8s.io", "v1",
                                     "leases"};
inline constexpr api_resource custom_resource_definitions{
    "CustomResourceDefinition", "apiextensions.k8s.io", "v1",
    "customresourcedefinitions"};
inline constexpr api_resource validating_webhook_configurations{
    "ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "v1",
    "validatingwebhookconfigurations"};
inline constexpr api_resource token_reviews{
    "TokenReview", "authentication.k8s.io", "v1", "tokenreviews"};
inline constexpr api_resource subject_access_reviews{
    "SubjectAccessReview", "authorization.k8s.io", "v1",
    "subjectaccessreviews"};

} // namespace resources

/// Returns the `apiVersion` of its objects: `batch/v1`, or `v1` for the core
/// group.
std::string api_version_of(const api_resource& x);

/// Returns its name as kubectl and RBAC messages write it: `jobs.batch`,
/// `pods`.
std::string qualified_name(const api_resource& x);

} // namespace locust
