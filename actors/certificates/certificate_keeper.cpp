#include "actors/certificates/certificate_keeper.hpp"

#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/failure_text.hpp"
#include "protocol/kubernetes/media_type.hpp"
#include "protocol/kubernetes/object_metadata.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace locust {

namespace {

/// All requests are small; the API server needs milliseconds.
constexpr std::chrono::seconds answer_limit{10};

/// Returns a response that stands for an answer without a usable object. It
/// must not contain the body, which may be that of the Secret.
api_response unusable(const error& why) {
  return no_answer(why.message);
}

/// Whether to retry soon. A conflict is resolved by reading the object again;
/// an object that is missing may be created in a moment.
bool is_worth_a_retry(answer_class what) {
  return is_transient(what) || what == answer_class::conflict ||
         what == answer_class::not_found;
}

std::string what_it_is(const pair_facts& facts) {
  return "for " + in_words(facts.hosts) + "; it is valid until " +
         to_rfc3339(facts.not_after) + " and will be renewed on " +
         to_rfc3339(renewal_of(facts));
}

} // namespace

certificate_keeper::certificate_keeper(certificate_settings settings)
    : settings_(std::move(settings)),
      delay_key_(std::to_string(settings_.seed)),
      secret_(secret_object(settings_.service.ns, settings_.secret_name)),
      places_(places_named(settings_.crd_name, settings_.configuration_name)),
      succession_(settings_.settle_for) {
  // nop
}

keeper_step certificate_keeper::begin(moment now) {
  now_ = now;
  transient_ = false;
  refused_ = false;
  asked_.reset();
  holds_ = false;
  ++rounds_;
  ask_for_webhook(0);
  return take_step();
}

keeper_step certificate_keeper::answered(const api_response& response,
                                         moment now) {
  now_ = now;
  switch (stage_) {
  case stage::read_webhook:
    on_webhook(response);
    break;
  case stage::read_secret:
    on_secret(response);
    break;
  case stage::write_secret:
    on_secret_written(response);
    break;
  case stage::patch:
    on_published(response);
  }
  return take_step();
}

// -- CRD and configuration ----------------------------------------------------

void certificate_keeper::ask_for_webhook(size_t index) {
  if (index == places_.size()) {
    ask_for_secret();
    return;
  }
  index_ = index;
  const auto& from = places_[index];
  auto& request =
      send(stage::read_webhook, http_verb::get, object_path(from.object));
  if (from.seen)
    request.accept = metadata_only;
}

void certificate_keeper::on_webhook(const api_response& response) {
  auto& from = places_[index_];
  if (is_success(response) && from.seen) {
    if (resource_version_in(*response.body) != from.seen->resource_version) {
      from.seen.reset();
      from.known = false;
      ask_for_webhook(index_);
      return;
    }
  } else if (is_success(response)) {
    on_whole_webhook(response);
  } else if (class_of(response) == answer_class::not_found) {
    from.seen.reset();
    from.known = true;
    recurring_.note(in_words(from.object), "missing",
                    {message_level::info,
                     in_words(from.object) +
                         " does not exist (yet); cannot publish the CA of the "
                         "webhooks in it"});
  } else {
    record_failure("get", from.object, response);
    if (!is_worth_a_retry(class_of(response))) {
      // An unreadable object must not block the other one.
      from.seen.reset();
      from.known = true;
    }
  }
  if (from.seen && !from.seen->problem.empty())
    recurring_.note(in_words(from.object), from.seen->problem,
                    {message_level::info, from.seen->problem});
  ask_for_webhook(index_ + 1);
}

void certificate_keeper::on_whole_webhook(const api_response& response) {
  auto& from = places_[index_];
  auto seen =
      read_webhook(from.kind, from.object, settings_.service, *response.body);
  if (!seen) {
    record_failure("get", from.object, unusable(seen.error()));
    return;
  }
  from.seen = std::move(*seen);
  from.known = true;
}

// -- Secret -------------------------------------------------------------------

void certificate_keeper::ask_for_secret() {
  send(stage::read_secret, http_verb::get, object_path(secret_));
}

void certificate_keeper::on_secret(const api_response& response) {
  if (class_of(response) == answer_class::not_found) {
    assessment_ = {std::nullopt, "there is no " + in_words(secret_)};
    write_secret();
    return;
  }
  if (!is_success(response)) {
    record_failure("get", secret_, response);
    finish();
    return;
  }
  auto seen = read_secret(*response.body);
  if (!seen) {
    record_failure("get", secret_, unusable(seen.error()));
    finish();
    return;
  }
  if (!seen->foreign_because.empty()) {
    refused_ = true;
    recurring_.note(in_words(secret_), seen->foreign_because,
                    {message_level::error,
                     in_words(secret_) + " does not belong to the operator (" +
                         seen->foreign_because +
                         ") and is not changed: choose another name with "
                         "--webhook-secret-name, delete it, or mount it and "
                         "omit --webhook-self-managed-certs"});
    finish();
    return;
  }
  secret_body_ = response.body;
  found_ = std::move(seen->pair);
  assess_secret();
}

void certificate_keeper::assess_secret() {
  assessment_ = judge(found_, wanted_hosts(), now_.wall);
  if (assessment_.usable)
    adopt(found_, *assessment_.usable);
  if (assessment_.renew_because.empty())
    publish_from(0);
  else
    write_secret();
}

void certificate_keeper::write_secret() {
  // The certificate needs the hosts of all objects; otherwise it would have to
  // be replaced at once.
  if (!all_known(places_)) {
    publish_from(0);
    return;
  }
  // From the Secret and from what is published: other replicas may still serve
  // a certificate from a deleted Secret.
  auto trusted =
      authorities_in(found_.authorities + '\n' + bundles_in(places_));
  auto made = succeed(assessment_, wanted_hosts(), trusted, now_.wall);
  auto body = made && secret_body_ ? updated_secret(*secret_body_, *made)
                                   : made.map([this](const auto& pair) {
                                       return new_secret(secret_, pair);
                                     });
  if (!body) {
    refused_ = true;
    recurring_.note(in_words(secret_), body.error().message,
                    {message_level::error, body.error().message});
    publish_from(0);
    return;
  }
  made_ = std::move(*made);
  auto& request = secret_body_
                      ? send(stage::write_secret, http_verb::put,
                             object_path(secret_), std::move(*body))
                      : send(stage::write_secret, http_verb::post,
                             collection_path(secret_), std::move(*body));
  request.accept = metadata_only;
}

void certificate_keeper::on_secret_written(const api_response& response) {
  if (is_success(response)) {
    adopt_new_pair();
  } else if (class_of(response) == answer_class::conflict) {
    // Another replica was faster; the next reconciliation uses its Secret.
    transient_ = true;
    holds_ = false;
  } else {
    record_failure(secret_body_ ? "update" : "create", secret_, response);
  }
  publish_from(0);
}

void certificate_keeper::adopt_new_pair() {
  auto facts = check_pair(made_, now_.wall);
  if (!facts) // the clock went back in the meantime
    return;
  log_info("created a new webhook certificate: " + assessment_.renew_because);
  adopt(std::move(made_), std::move(*facts));
}

void certificate_keeper::adopt(certificate_pair pair, pair_facts facts) {
  succession_.store({std::move(pair), std::move(facts)}, now_.steady);
  holds_ = true;
  // Otherwise publish the CA first.
  if (is_trusted())
    serve_what_is_due();
}

// -- publishing ---------------------------------------------------------------

void certificate_keeper::publish_from(size_t index) {
  if (index == places_.size() || !holds_) {
    finish();
    return;
  }
  const auto& to = places_[index];
  const auto& [pair, facts] = *succession_.stored();
  if (to.seen)
    bundle_ = bundle_of(pair, facts, published_in(*to.seen), now_.wall);
  if (!to.seen || shows(*to.seen, bundle_)) {
    publish_from(index + 1);
    return;
  }
  index_ = index;
  if (!trusts(*to.seen, facts.issuer.pem))
    succession_.saw_distrust(now_.steady);
  auto& request = send(stage::patch, http_verb::json_patch,
                       object_path(to.object), bundle_patch(*to.seen, bundle_));
  request.accept = metadata_only;
}

void certificate_keeper::on_published(const api_response& response) {
  auto& to = places_[index_];
  if (is_success(response)) {
    to.seen->resource_version = resource_version_in(*response.body);
    for (auto& place : to.seen->places)
      place.bundle = bundle_;
    log_info("published the CA of the webhooks in " + in_words(to.object));
  } else if (class_of(response) == answer_class::conflict ||
             class_of(response) == answer_class::not_found) {
    to.seen.reset();
    to.known = false;
    transient_ = true;
  } else {
    record_failure("patch", to.object, response);
  }
  publish_from(index_ + 1);
}

// -- serving ------------------------------------------------------------------

bool certificate_keeper::is_trusted() const {
  const auto& stored = succession_.stored();
  return stored && trusted_everywhere(places_, stored->facts.issuer);
}

void certificate_keeper::serve_what_is_due() {
  auto due = succession_.take_due(is_trusted(), now_);
  if (!due)
    return;
  log_info("serving the webhook certificate of " + in_words(secret_) + ' ' +
           what_it_is(due->facts));
  step_.serve = std::move(due->pair);
}

// -- the end of a reconciliation ----------------------------------------------

void certificate_keeper::finish() {
  serve_what_is_due();
  for (auto& message : recurring_.take_new())
    step_.messages.push_back(std::move(message));
  secret_body_ = nullptr;
  found_ = {};
  made_ = {};
  step_.again_in = pause();
}

std::chrono::milliseconds certificate_keeper::pause() {
  auto hash =
      std::hash<std::string>{}(delay_key_ + ' ' + std::to_string(rounds_));
  auto spread = static_cast<std::chrono::milliseconds::rep>(hash % 1000);
  auto longest = settings_.interval + settings_.interval * spread / 4000;
  failures_ = transient_ || refused_ ? failures_ + 1 : 0;
  if (transient_)
    longest = std::min(longest, transient_delay(failures_, delay_key_));
  else if (refused_)
    longest = std::min(longest, refused_delay(failures_, delay_key_));
  if (asked_)
    longest = std::max<std::chrono::milliseconds>(longest, *asked_);
  return succession_.waits() && is_trusted()
             ? std::min(longest, settings_.settle_for)
             : longest;
}

// -- helpers ------------------------------------------------------------------

api_request& certificate_keeper::send(stage next, http_verb verb,
                                      std::string path, std::string body) {
  stage_ = next;
  auto& request = step_.request.emplace();
  request.verb = verb;
  request.target = std::move(path);
  if (!body.empty())
    request.body = std::make_shared<const std::string>(std::move(body));
  request.in = lane::list;
  request.deadline = answer_limit;
  return request;
}

void certificate_keeper::record_failure(std::string_view verb,
                                        const api_object& object,
                                        const api_response& response) {
  (is_worth_a_retry(class_of(response)) ? transient_ : refused_) = true;
  asked_ = std::max(asked_, status_of(response).retry_after);
  recurring_.note(
      in_words(object),
      std::string(verb) + ' ' + std::to_string(response.status),
      {message_level::warning, describe_failure(verb, object, response)});
}

void certificate_keeper::log_info(std::string what) {
  step_.messages.push_back({message_level::info, std::move(what)});
}

host_names certificate_keeper::wanted_hosts() const {
  auto hosts = service_hosts(settings_.service.name, settings_.service.ns);
  hosts.merge(hosts_in(places_));
  return hosts;
}

keeper_step certificate_keeper::take_step() {
  return std::exchange(step_, {});
}

} // namespace locust
