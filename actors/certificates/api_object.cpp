#include "actors/certificates/api_object.hpp"

#include "actors/status_writer/status_patch.hpp"

namespace locust {

namespace {

std::string quoted(std::string_view text) {
  return '\'' + std::string(text) + '\'';
}

/// The rule that is missing. RBAC cannot tie `create` to a name.
std::string missing_rule(std::string_view verb, const api_object& x) {
  auto rule = "grant verb " + quoted(verb) + " on resource " +
              quoted(x.resource.plural) + " in API group " +
              quoted(x.resource.group);
  if (verb != "create")
    rule += " with resourceName " + quoted(x.name);
  rule += " to the operator's service account with a ";
  return rule +
         (x.ns.empty() ? "ClusterRole" : "Role in namespace " + quoted(x.ns));
}

} // namespace

bool is_transient(const api_response& response) {
  auto status = response.status;
  return status < 400 || status >= 500 || status == 404 || status == 408 ||
         status == 409 || status == 429;
}

std::string describe_failure(std::string_view verb, const api_object& x,
                             const api_response& response) {
  auto what = std::string(verb) + ' ' + in_words(x);
  if (response.status == 0)
    return "cannot " + what + ": " + response.failure;
  auto said = server_message(*response.body);
  if (response.status == 403)
    return "not permitted to " + what + ": " + said + "; " +
           missing_rule(verb, x);
  return "the API server answered " + std::to_string(response.status) + " to " +
         what + ": " + said;
}

} // namespace locust
