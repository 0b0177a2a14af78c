#include "actors/resource_builder/create_outcome.hpp"

#include "actors/resource_builder/pod_template.hpp"
#include "protocol/children.hpp"
#include "protocol/json.hpp"
#include "protocol/json/pruned.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/object_metadata.hpp"

#include <initializer_list>
#include <limits>
#include <utility>

namespace locust {

namespace {

using action = create_step::action;
using outcome = child_result::outcome;

/// Maximum length of a server message in the status, in bytes: messages of
/// conditions and Events must stay readable.
constexpr size_t message_limit = 1024;

/// How often an object may block the POST but be gone at the GET before that is
/// a failure.
constexpr int vanish_limit = 1;

/// Returns the message of the server, which the status shows.
std::string reason_in(const api_response& response) {
  if (response.status == 0)
    return json::clean_text(response.failure.empty() ? "no answer"
                                                     : response.failure,
                            message_limit);
  auto message = status_of(response).message;
  return message.empty() ? "HTTP status " + std::to_string(response.status)
                         : message;
}

bool has_own_label(const json::value& object,
                   std::initializer_list<std::string_view> labels) {
  const auto* all = json::find(object, labels);
  return all != nullptr &&
         json::string_at(*all, {manager_label}) == manager_name;
}

/// Returns `object_found::hidden` of a Job.
std::string hidden_part_of(const json::value& job) {
  auto label = std::string(manager_label) + '=' + std::string(manager_name);
  auto which = "job -n " + json::text_at(job, {"metadata", "namespace"}) + ' ' +
               json::text_at(job, {"metadata", "name"});
  if (!has_own_label(job, {"spec", "template", "metadata", "labels"}))
    return "its pods lack the label " + label + "; run: kubectl delete " +
           which;
  if (!has_own_label(job, {"metadata", "labels"}))
    return "it lacks the label " + label + "; run: kubectl label --overwrite " +
           which + ' ' + label;
  return {};
}

constexpr json::wanted metadata[] = {{"namespace"},
                                     {"name"},
                                     {"uid"},
                                     {"resourceVersion"},
                                     {"ownerReferences"},
                                     {"labels"},
                                     {"deletionTimestamp"}};
constexpr json::wanted pod_metadata[] = {{"labels"}};
constexpr json::wanted pod_template[] = {{"metadata", pod_metadata}};
constexpr json::wanted spec[] = {{"ttlSecondsAfterFinished"},
                                 {"template", pod_template}};
constexpr json::wanted members[] = {{"metadata", metadata}, {"spec", spec}};

/// Returns nothing when the answer is incomplete.
std::optional<object_found> existing_in(const api_response& response) {
  json::document::AllocatorType memory;
  auto object = json::parse_pruned(body_of(response), members, memory);
  if (!object)
    return std::nullopt;
  object_found e;
  e.uid = json::text_at(*object, {"metadata", "uid"});
  e.resource_version = json::text_at(*object, {"metadata", "resourceVersion"});
  e.owner = controller_of(*object);
  e.deleting =
      json::string_at(*object, {"metadata", "deletionTimestamp"}).has_value();
  auto ttl = json::int_at(*object, {"spec", "ttlSecondsAfterFinished"});
  if (ttl && *ttl >= 0 && *ttl <= std::numeric_limits<int32_t>::max())
    e.ttl_seconds = static_cast<int32_t>(*ttl);
  e.hidden = hidden_part_of(*object);
  if (e.uid.empty() || e.resource_version.empty())
    return std::nullopt;
  return e;
}

/// A 409 can also be a ResourceQuota conflict, which is transient and unrelated
/// to the object.
bool is_another_conflict(const api_response& response) {
  auto reason = status_of(response).reason;
  return !reason.empty() && reason != "AlreadyExists";
}

} // namespace

child_creation::child_creation(child_kind child, std::string name,
                               std::string test_uid)
    : child_(child), name_(std::move(name)), test_uid_(std::move(test_uid)) {
  // nop
}

create_step child_creation::after_post(const api_response& response) {
  if (is_success(response)) {
    auto made = existing_in(response);
    // Without a uid: it was created, but the answer was incomplete.
    return made ? found(outcome::created, response, *made)
                : create_step{action::look, {}};
  }
  if (class_of(response) != answer_class::conflict)
    return not_made(response, is_transient(class_of(response)),
                    reason_in(response));
  if (is_another_conflict(response))
    return not_made(response, true, reason_in(response));
  return {action::look, {}};
}

create_step child_creation::after_look(const api_response& response) {
  bool is_gone = class_of(response) == answer_class::not_found;
  if (is_gone && vanished_++ < vanish_limit)
    return {action::post, {}};
  if (is_gone)
    return not_made(response, true,
                    '"' + name_ +
                        "\" exists when the operator creates it, but not when "
                        "the operator reads it");
  if (!is_success(response))
    return not_made(response, is_transient(class_of(response)),
                    reason_in(response));
  auto there = existing_in(response);
  if (!there)
    return not_made(response, true,
                    "the answer about \"" + name_ + "\" is incomplete");
  auto ours = there->owner && there->owner->uid == test_uid_;
  if (!ours || there->deleting)
    return found(outcome::conflict, response, *there);
  if (!row_of(child_).has_pods || there->hidden.empty())
    return found(outcome::adopted, response, *there);
  // Adopted, it would never be seen again.
  auto step = found(outcome::conflict, response, *there);
  step.result.owner = "this LocustTest, but " + there->hidden;
  return step;
}

child_result child_creation::result_for(outcome what,
                                        const api_response& response) const {
  child_result result;
  result.child = child_;
  result.what = what;
  result.name = name_;
  result.status = response.status;
  return result;
}

create_step child_creation::found(outcome what, const api_response& response,
                                  const object_found& object) const {
  auto result = result_for(what, response);
  result.uid = object.uid;
  result.resource_version = object.resource_version;
  result.ttl_seconds = object.ttl_seconds;
  if (what == outcome::conflict) {
    result.owner = owner_in_words(object.owner);
    result.deleting = object.deleting;
    if (object.owner && object.owner->kind == "LocustTest")
      result.owner_test = object.owner->name;
  }
  return {action::finish, std::move(result)};
}

create_step child_creation::not_made(const api_response& response,
                                     bool transient, std::string why) const {
  auto result =
      result_for(transient ? outcome::failed : outcome::refused, response);
  result.message = std::move(why);
  result.transient = transient;
  return {action::finish, std::move(result)};
}

child_result refused_before_sending(child_kind child, std::string name,
                                    std::string_view why) {
  child_result result;
  result.child = child;
  result.what = outcome::refused;
  result.name = std::move(name);
  result.message = json::clean_text(why, message_limit);
  result.unsent = true;
  return result;
}

std::string owner_in_words(const std::optional<owner_reference>& owner) {
  if (!owner)
    return "nobody (created by hand)";
  return json::clean_text(owner->kind + " \"" + owner->name + "\" (uid " +
                              owner->uid + ')',
                          message_limit);
}

} // namespace locust
