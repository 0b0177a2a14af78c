#include "actors/resource_builder/create_outcome.hpp"

#include "protocol/json.hpp"
#include "protocol/kubernetes/object_metadata.hpp"

#include <utility>

namespace locust {

namespace {

using action = create_step::action;
using outcome = child_result::outcome;

/// Bytes of the server's words that reach the LocustTest: a message of a
/// condition and an event has to stay readable.
constexpr size_t message_limit = 1024;

/// How often something that is in the way of the POST may be gone at the GET
/// before that counts as trouble of another kind.
constexpr int vanish_limit = 1;

std::string_view body_of(const api_response& response) {
  return response.body ? std::string_view(*response.body) : std::string_view();
}

/// The words of a refusal: those of the Status object when there is one.
std::string words_of(const api_response& response) {
  if (response.status == 0)
    return json::clean_text(response.failure.empty() ? "no answer"
                                                     : response.failure,
                            message_limit);
  auto body = body_of(response);
  if (auto status = json::parse(body))
    if (auto message = json::string_at(*status, {"message"}))
      return json::clean_text(*message, message_limit);
  if (body.empty())
    return "HTTP status " + std::to_string(response.status);
  return json::clean_text(body, message_limit);
}

/// Whether the same request may succeed later without anyone's doing.
bool is_transient(int status) {
  return status < 400 || status >= 500 || status == 408 || status == 429;
}

/// Nothing when the answer is not a whole object.
std::optional<object_found> existing_in(const api_response& response) {
  auto object = json::parse(body_of(response));
  if (!object)
    return std::nullopt;
  object_found e;
  e.uid = json::text_at(*object, {"metadata", "uid"});
  e.resource_version = json::text_at(*object, {"metadata", "resourceVersion"});
  e.owner = controller_of(*object);
  e.deleting =
      json::string_at(*object, {"metadata", "deletionTimestamp"}).has_value();
  if (e.uid.empty() || e.resource_version.empty())
    return std::nullopt;
  return e;
}

/// A 409 can also be a clash over a ResourceQuota, which is worth a retry and
/// says nothing of the object.
bool is_another_conflict(const api_response& response) {
  auto status = json::parse(body_of(response));
  if (!status)
    return false;
  auto reason = json::string_at(*status, {"reason"});
  return reason && *reason != "AlreadyExists";
}

} // namespace

child_creation::child_creation(child_kind child, std::string name,
                               std::string test_uid)
    : child_(child), name_(std::move(name)), test_uid_(std::move(test_uid)) {
  // nop
}

create_step child_creation::after_post(const api_response& response) {
  if (response.status >= 200 && response.status < 300) {
    auto made = existing_in(response);
    // Without a uid it was created, but the answer was not whole.
    return made ? found(outcome::created, response, *made)
                : create_step{action::look, {}};
  }
  if (response.status != 409)
    return not_made(response, is_transient(response.status),
                    words_of(response));
  if (is_another_conflict(response))
    return not_made(response, true, words_of(response));
  return {action::look, {}};
}

create_step child_creation::after_look(const api_response& response) {
  if (response.status == 404 && vanished_++ < vanish_limit)
    return {action::post, {}};
  if (response.status == 404)
    return not_made(response, true,
                    '"' + name_ +
                        "\" is in the way when it is to be created, and gone "
                        "when it is looked at");
  if (response.status != 200)
    return not_made(response, is_transient(response.status),
                    words_of(response));
  auto there = existing_in(response);
  if (!there)
    return not_made(response, true,
                    "the answer about \"" + name_ + "\" is not a whole object");
  auto ours = there->owner && there->owner->uid == test_uid_;
  return found(ours && !there->deleting ? outcome::adopted : outcome::conflict,
               response, *there);
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
  if (what == outcome::conflict) {
    result.owner = owner_in_words(object.owner);
    result.deleting = object.deleting;
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
