#include "actors/status_writer/document_flow.hpp"

#include "actors/status_writer/other_conditions.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/object_metadata.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// Returns the later of two resource versions; if they have no order, the one
/// that the API server returned last.
const std::string& later(const std::string& received,
                         const std::string& observed) {
  if (received.empty())
    return observed;
  auto order = compare_resource_versions(received, observed);
  return order && *order == std::strong_ordering::less ? observed : received;
}

} // namespace

void document_flow::save(status_document document, monotonic_time now) {
  if (newest_ && !newest_under_way()) {
    urgent_ = urgent_ || document.urgent;
  } else {
    urgent_ = document.urgent;
    waiting_since_ = now;
  }
  if (std::exchange(refused_, false))
    not_before_ = std::min(not_before_, now);
  newest_ = std::move(document);
  figures_.reset(); // it has the newest ones
  ++arrivals_;
}

void document_flow::flush(monotonic_time now) {
  urgent_ = true;
  failures_ = 0;
  not_before_ = std::min(not_before_, now);
}

std::optional<monotonic_time> document_flow::due() const {
  if (in_flight_ || !newest_)
    return std::nullopt;
  if (urgent_ || stage_ != stage::patch)
    return std::max(not_before_, waiting_since_);
  auto due = std::max(not_before_, waiting_since_ + coalesce_for);
  return low_priority_stored_at_
             ? std::max(due, *low_priority_stored_at_ + low_priority_interval)
             : due;
}

bool document_flow::urgent() const {
  return urgent_;
}

api_request document_flow::take() {
  in_flight_ = true;
  if (stage_ != stage::patch)
    return read_test(newest_->test);
  sent_arrival_ = arrivals_;
  sent_revision_ = newest_->revision;
  sent_urgent_ = urgent_;
  sent_load_ = newest_->load;
  if (sent_ends_.empty() || sent_ends_.back() != newest_->end)
    sent_ends_.push_back(newest_->end);
  const auto& version = later(resource_version_, newest_->resource_version);
  sent_conditions_ = &version == &resource_version_ ? other_conditions_
                                                    : newest_->other_conditions;
  auto request =
      patch_status(newest_->test, newest_->test_uid, version,
                   sent_conditions_.empty()
                       ? *newest_->document
                       : with_conditions(*newest_->document, sent_conditions_));
  if (!urgent_)
    request.in = lane::background;
  return request;
}

write_outcome document_flow::answered(const api_response& response,
                                      monotonic_time now) {
  in_flight_ = false;
  if (stage_ == stage::figures)
    return figures_patched(response, now);
  if (stage_ != stage::patch)
    return explained(response, now);
  return patched(response, now);
}

bool document_flow::in_flight() const {
  return in_flight_;
}

bool document_flow::newest_is_sent() const {
  return sent_arrival_ == arrivals_;
}

bool document_flow::newest_under_way() const {
  return in_flight_ && stage_ == stage::patch && newest_is_sent();
}

/// The sent document is stored.
write_outcome document_flow::stored(const api_response& response,
                                    monotonic_time now) {
  auto version = resource_version_in(body_of(response));
  base_.reset();
  if (!version.empty()) {
    resource_version_ = version;
    base_ = {version, sent_load_};
  }
  other_conditions_ = sent_conditions_;
  stored_end_ = sent_ends_.back();
  sent_ends_.clear();
  failures_ = 0;
  conflicts_ = 0;
  logged_refusal_.clear();
  if (!sent_urgent_)
    low_priority_stored_at_ = now;
  if (newest_is_sent())
    newest_.reset();
  write_outcome outcome;
  outcome.stored = {sent_revision_, resource_version_};
  return outcome;
}

write_outcome document_flow::patched(const api_response& response,
                                     monotonic_time now) {
  if (is_success(response))
    return stored(response, now);
  base_.reset();
  // The document that replaces it inherits its urgency.
  urgent_ = urgent_ || sent_urgent_;
  write_outcome outcome;
  switch (class_of(response)) {
  case answer_class::conflict:
    stage_ = stage::explain_conflict;
    not_before_ = now;
    break;
  case answer_class::not_found:
    outcome.vanished = true;
    break;
  case answer_class::expired:
  case answer_class::invalid:
    outcome.failed_with = response.status;
    refusal_ = in_words(response);
    if (is_failed_test(response)) {
      stage_ = stage::explain_refusal;
      not_before_ = now;
    } else {
      outcome.trouble = keep_refused(now);
    }
    break;
  default:
    outcome.failed_with = response.status;
    outcome.trouble = put_off(response, now);
    break;
  }
  return outcome;
}

/// Handles the answer to the read that follows a refusal.
write_outcome document_flow::explained(const api_response& response,
                                       monotonic_time now) {
  write_outcome outcome;
  if (class_of(response) == answer_class::not_found) {
    outcome.vanished = true;
    return outcome;
  }
  if (!is_success(response)) {
    outcome.trouble = put_off(response, now);
    return outcome;
  }
  auto found = stored_test_in(body_of(response));
  if (!found) {
    outcome.trouble =
        put_off(no_answer("the answer is " + found.error().message), now);
  } else if (found->uid != newest_->test_uid) {
    outcome.vanished = true;
  } else if (std::exchange(stage_, stage::patch) == stage::explain_refusal) {
    outcome.trouble = keep_refused(now);
  } else {
    conflict_explained(std::move(*found), now, outcome);
  }
  return outcome;
}

/// Another client changed the object since our document was made. Changes of
/// metadata or spec are fine; only this operator writes the status, unless
/// another replica was the leader then.
void document_flow::conflict_explained(stored_test found, monotonic_time now,
                                       write_outcome& outcome) {
  if (is_foreign(found) && !is_garbled(found)) {
    outcome.trouble = "another client has changed the status; continuing from "
                      "there. Is another operator running?";
    outcome.superseded = std::move(found);
    newest_.reset();
    // Later documents of the old state would get the same conflict.
    resource_version_.clear();
    other_conditions_.clear();
    stored_end_.reset();
    sent_ends_.clear();
    return;
  }
  resource_version_ = std::move(found.resource_version);
  other_conditions_ = std::move(found.other_conditions);
  // One conflict is chance; after repeated ones, back off.
  ++conflicts_;
  not_before_ = now;
  if (conflicts_ > 1)
    not_before_ += transient_delay(conflicts_ - 1, newest_->test_uid);
}

bool document_flow::is_foreign(const stored_test& found) const {
  return is_ahead(found.end, stored_end_.value_or(newest_->base)) &&
         std::find(sent_ends_.begin(), sent_ends_.end(), found.end) ==
             sent_ends_.end() &&
         found.end != newest_->base;
}

/// Another operator goes on from what is stored, so its history has entries of
/// ours. One without was not written by an operator.
bool document_flow::is_garbled(const stored_test& found) const {
  if (!stored_end_)
    return false;
  auto ours = sent_ends_;
  ours.push_back(*stored_end_);
  return !history_has_any(found.status, ours);
}

std::string document_flow::put_off(const api_response& response,
                                   monotonic_time now) {
  ++failures_;
  bool slow = !is_transient(class_of(response));
  auto delay = slow ? refused_delay(failures_, newest_->test_uid)
                    : transient_delay(failures_, newest_->test_uid);
  if (auto asked = status_of(response).retry_after)
    delay = std::max<std::chrono::milliseconds>(delay, *asked);
  not_before_ = now + delay;
  if (failures_ != (slow ? 1 : failures_before_warning))
    return {};
  return "could not write the status; retrying: " + in_words(response);
}

/// A newer document is sent at once; this one is sent again later, when what
/// rejects it (a validation, a webhook, a proxy) may have changed.
std::string document_flow::keep_refused(monotonic_time now) {
  ++failures_;
  refused_ = newest_is_sent();
  not_before_ = now;
  if (refused_)
    not_before_ += refused_delay(failures_, newest_->test_uid);
  if (std::exchange(logged_refusal_, refusal_) == refusal_)
    return {};
  return "the API server rejected the status; retrying: " + refusal_;
}

} // namespace locust
