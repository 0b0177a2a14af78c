#include "actors/status_writer/document_flow.hpp"

#include "actors/status_writer/retry_delay.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// What an HTTP status means to a write.
enum class meaning : uint8_t {
  done,
  conflict,
  vanished,
  invalid,    ///< this document is refused
  permission, ///< not before somebody changes something
  transient,  ///< or unknown
};

meaning meaning_of(int status) {
  if (status >= 200 && status < 300)
    return meaning::done;
  switch (status) {
  case 409:
    return meaning::conflict;
  case 404:
    return meaning::vanished;
  case 401:
  case 403:
    return meaning::permission;
  case 408:
  case 429:
    return meaning::transient;
  default:
    return status >= 400 && status < 500 ? meaning::invalid
                                         : meaning::transient;
  }
}

std::string words_of(const api_response& response) {
  if (response.status == 0)
    return response.failure;
  auto body = response.body ? std::string_view(*response.body) : "";
  return std::to_string(response.status) + " " + server_message(body);
}

std::string_view body_of(const api_response& response) {
  return response.body ? std::string_view(*response.body) : "";
}

/// Returns the later of two; where they cannot be ordered, the one that the API
/// server told us last.
const std::string& later(const std::string& told, const std::string& seen) {
  if (told.empty())
    return seen;
  auto order = compare_resource_versions(told, seen);
  return order && *order == std::strong_ordering::less ? seen : told;
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
  return calm_stored_ ? std::max(due, *calm_stored_ + calm_interval) : due;
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
  if (sent_ends_.empty() || sent_ends_.back() != newest_->end)
    sent_ends_.push_back(newest_->end);
  return patch_status(newest_->test, newest_->test_uid,
                      later(resource_version_, newest_->resource_version),
                      *newest_->document);
}

write_outcome document_flow::answered(const api_response& response,
                                      monotonic_time now) {
  in_flight_ = false;
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
  if (!version.empty())
    resource_version_ = version;
  stored_end_ = sent_ends_.back();
  sent_ends_.clear();
  failures_ = 0;
  conflicts_ = 0;
  told_refusal_.clear();
  if (!sent_urgent_)
    calm_stored_ = now;
  if (newest_is_sent())
    newest_.reset();
  write_outcome outcome;
  outcome.stored = {sent_revision_, resource_version_};
  return outcome;
}

write_outcome document_flow::patched(const api_response& response,
                                     monotonic_time now) {
  auto what = meaning_of(response.status);
  if (what == meaning::done)
    return stored(response, now);
  // What was urgent in it is so in the document that comes in its place.
  urgent_ = urgent_ || sent_urgent_;
  write_outcome outcome;
  switch (what) {
  case meaning::conflict:
    stage_ = stage::explain_conflict;
    not_before_ = now;
    break;
  case meaning::vanished:
    outcome.vanished = true;
    break;
  case meaning::invalid:
    refusal_ = words_of(response);
    if (response.status == 422 && !names_invalid_fields(body_of(response))) {
      stage_ = stage::explain_refusal;
      not_before_ = now;
    } else {
      outcome.trouble = keep_refused(now);
    }
    break;
  default:
    outcome.trouble = put_off(response, now);
    break;
  }
  return outcome;
}

/// The read that follows a refusal has its answer.
write_outcome document_flow::explained(const api_response& response,
                                       monotonic_time now) {
  write_outcome outcome;
  switch (meaning_of(response.status)) {
  case meaning::vanished:
    outcome.vanished = true;
    return outcome;
  case meaning::done:
    break;
  default:
    outcome.trouble = put_off(response, now);
    return outcome;
  }
  auto found = stored_test_in(body_of(response));
  if (!found) {
    api_response nonsense;
    nonsense.failure = "the answer is " + found.error().message;
    outcome.trouble = put_off(nonsense, now);
  } else if (found->uid != newest_->test_uid) {
    outcome.vanished = true;
  } else if (std::exchange(stage_, stage::patch) == stage::explain_refusal) {
    outcome.trouble = keep_refused(now);
  } else {
    conflict_explained(std::move(*found), now, outcome);
  }
  return outcome;
}

/// Somebody else changed the object since our document was made. Its metadata
/// or spec may change at will; its status is ours alone, unless another replica
/// was the leader when it wrote it.
void document_flow::conflict_explained(stored_test found, monotonic_time now,
                                       write_outcome& outcome) {
  if (is_foreign(found.end)) {
    outcome.trouble = "somebody else has written its status; going on from "
                      "there. Is another operator active?";
    outcome.superseded = std::move(found);
    newest_.reset();
    // What is still to come of the old state meets the same conflict.
    resource_version_.clear();
    stored_end_.reset();
    sent_ends_.clear();
    return;
  }
  resource_version_ = std::move(found.resource_version);
  // Once is chance; who loses this race again and again leaves it some room.
  ++conflicts_;
  not_before_ = now;
  if (conflicts_ > 1)
    not_before_ += transient_delay(conflicts_ - 1, newest_->test_uid);
}

bool document_flow::is_foreign(const history_mark& end) const {
  return is_ahead(end, stored_end_.value_or(newest_->base)) &&
         std::find(sent_ends_.begin(), sent_ends_.end(), end) ==
             sent_ends_.end() &&
         end != newest_->base;
}

std::string document_flow::put_off(const api_response& response,
                                   monotonic_time now) {
  ++failures_;
  bool slow = meaning_of(response.status) == meaning::permission;
  auto delay = slow ? refused_delay(failures_, newest_->test_uid)
                    : transient_delay(failures_, newest_->test_uid);
  if (response.retry_after)
    delay = std::max<std::chrono::milliseconds>(delay, *response.retry_after);
  not_before_ = now + delay;
  if (failures_ != (slow ? 1 : loud_failures))
    return {};
  return "cannot write its status yet: " + words_of(response);
}

/// A newer document may be taken at once; this one when what refuses it (a
/// validation, a webhook, a proxy) has been changed.
std::string document_flow::keep_refused(monotonic_time now) {
  ++failures_;
  refused_ = newest_is_sent();
  not_before_ = now;
  if (refused_)
    not_before_ += refused_delay(failures_, newest_->test_uid);
  if (std::exchange(told_refusal_, refusal_) == refusal_)
    return {};
  return "the API server refuses its status: " + refusal_;
}

} // namespace locust
