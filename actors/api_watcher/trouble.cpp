#include "actors/api_watcher/trouble.hpp"

namespace locust::watcher {

namespace {

std::string verb_of(list_or_watch verb) {
  return verb == list_or_watch::list ? "list" : "watch";
}

/// `: cause`: what others said may be empty.
std::string because(const std::string& cause) {
  return cause.empty() ? std::string{} : ": " + cause;
}

std::string crd_missing(const watch_target& target) {
  const auto& resource = resource_of(target.kind);
  return "the API server does not serve " + qualified_name(resource) +
         " in version " + std::string(resource.version) +
         ": its CustomResourceDefinition is not installed or an old one; "
         "apply deploy/crd/locusttests.locust.io.yaml";
}

/// The server names user, verb, resource and group itself; where it does not,
/// we name what was asked for.
std::string not_permitted(const watch_target& target, list_or_watch verb,
                          const std::string& message) {
  const auto& resource = resource_of(target.kind);
  auto rule = "verb '" + verb_of(verb) + "' on resource '" +
              std::string(resource.plural) + "' in API group '" +
              std::string(resource.group) + "'";
  auto result = "not permitted to " + verb_of(verb) + ' ' + describe(target) +
                because(message);
  return result + "; grant " + rule + " to the operator's service account " +
         (target.ns ? "with a Role in namespace " + *target.ns
                    : std::string("with its ClusterRole, or restrict the "
                                  "operator by --watch-namespaces"));
}

} // namespace

trouble describe_trouble(const watch_target& target, list_or_watch verb,
                         const api_response& from, const server_status& said) {
  trouble result{verb, from.status, said.reason, {}};
  auto what = verb_of(verb) + ' ' + describe(target);
  switch (from.status) {
  case 0:
    result.sentence = "cannot " + what + because(from.failure);
    break;
  case 200:
    result.sentence = "the API server's answer to " + what + " cannot be used" +
                      because(from.failure);
    break;
  case 401:
    result.sentence = "the API server does not accept the operator's "
                      "credentials to " +
                      what + because(said.message) +
                      "; check its service account token or kubeconfig";
    break;
  case 403:
    result.sentence = not_permitted(target, verb, said.message);
    break;
  case 404:
    if (target.kind == watched_kind::locust_tests) {
      result.sentence = crd_missing(target);
      break;
    }
    [[fallthrough]];
  default:
    result.sentence = "the API server answered " + std::to_string(from.status) +
                      " to " + what + because(said.message);
  }
  return result;
}

} // namespace locust::watcher
