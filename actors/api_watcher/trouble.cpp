#include "actors/api_watcher/trouble.hpp"

#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/failure_text.hpp"

namespace locust::watcher {

namespace {

std::string verb_of(list_or_watch verb) {
  return verb == list_or_watch::list ? "list" : "watch";
}

/// Returns `: cause`, or nothing if it is empty.
std::string because(const std::string& cause) {
  return cause.empty() ? std::string{} : ": " + cause;
}

std::string crd_missing(const watch_target& target) {
  const auto& resource = resource_of(target.kind);
  return "the API server does not serve " + qualified_name(resource) +
         " in version " + std::string(resource.version) +
         ": its CustomResourceDefinition is missing or outdated; "
         "apply deploy/crd/locusttests.locust.io.yaml";
}

/// The server's message names user, verb, resource and group; if it does not,
/// the first part does.
std::string not_permitted(const watch_target& target, list_or_watch verb,
                          const std::string& message) {
  auto result = "not permitted to " + verb_of(verb) + ' ' + describe(target) +
                because(message);
  return result + "; " +
         permission_to_grant(verb_of(verb), resource_of(target.kind)) +
         (target.ns ? " with a Role in namespace " + *target.ns
                    : std::string(" with its ClusterRole, or set "
                                  "--watch-namespaces"));
}

std::string refused(const api_response& from, const std::string& what,
                    const status_object& said) {
  return "the API server answered " + std::to_string(from.status) + " to " +
         what + because(said.message);
}

} // namespace

trouble describe_trouble(const watch_target& target, list_or_watch verb,
                         const api_response& from, const status_object& said) {
  trouble result{verb, from.status, said.reason, {}};
  auto what = verb_of(verb) + ' ' + describe(target);
  switch (class_of(from)) {
  case answer_class::success:
    result.sentence = "the API server's answer to " + what + " cannot be used" +
                      because(from.failure);
    break;
  case answer_class::unauthorized:
    result.sentence = "the API server does not accept the operator's "
                      "credentials to " +
                      what + because(said.message) +
                      "; check its service account token or kubeconfig";
    break;
  case answer_class::forbidden:
    result.sentence = not_permitted(target, verb, said.message);
    break;
  case answer_class::not_found:
    if (target.kind == watched_kind::locust_tests) {
      result.sentence = crd_missing(target);
      break;
    }
    result.sentence = refused(from, what, said);
    break;
  case answer_class::no_answer:
    result.sentence = from.status == 0
                          ? "cannot " + what + because(from.failure)
                          : refused(from, what, said);
    break;
  default:
    result.sentence = refused(from, what, said);
  }
  return result;
}

} // namespace locust::watcher
