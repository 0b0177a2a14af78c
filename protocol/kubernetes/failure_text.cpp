#include "protocol/kubernetes/failure_text.hpp"

#include "protocol/kubernetes/answer.hpp"

namespace locust {

namespace {

std::string quoted(std::string_view text) {
  return '\'' + std::string(text) + '\'';
}

/// Returns the missing rule and the Role it belongs to. RBAC cannot restrict
/// `create` by name.
std::string missing_permission(std::string_view verb, const api_object& x) {
  return permission_to_grant(verb, x.resource, verb == "create" ? "" : x.name) +
         " with a " +
         (x.ns.empty() ? "ClusterRole" : "Role in namespace " + quoted(x.ns));
}

} // namespace

std::string permission_to_grant(std::string_view verb,
                                const api_resource& resource,
                                std::string_view name) {
  auto rule = "grant verb " + quoted(verb) + " on resource " +
              quoted(resource.plural) + " in API group " +
              quoted(resource.group);
  if (!name.empty())
    rule += " with resourceName " + quoted(name);
  return rule + " to the operator's service account";
}

std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response) {
  auto what = std::string(verb) + ' ' + in_words(x);
  auto said = status_of(response).message;
  switch (class_of(response)) {
  case answer_class::forbidden:
    return "not permitted to " + what + ": " + said + "; " +
           missing_permission(verb, x);
  case answer_class::no_answer:
    if (response.status == 0)
      return "cannot " + what + ": " + response.failure;
    [[fallthrough]];
  default:
    return "the API server answered " + std::to_string(response.status) +
           " to " + what + ": " + said;
  }
}

} // namespace locust
