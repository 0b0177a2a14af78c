#include "actors/status_writer/document_flow.hpp"
#include "actors/status_writer/load_patch.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/object_metadata.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>
#include <utility>

// The part of document_flow that writes figures.

namespace locust {

void document_flow::show(status_figures figures, monotonic_time now) {
  if (!figures_)
    figures_since_ = std::max(figures_since_, now);
  figures_ = std::move(figures);
}

std::optional<monotonic_time> document_flow::figures_due() const {
  if (in_flight_ || newest_ || !figures_)
    return std::nullopt;
  return figures_since_;
}

bool document_flow::are_first() const {
  return base_ && !base_->load;
}

document_flow::figures_step document_flow::take_figures() {
  if (!base_) {
    figures_.reset();
    return {{}, true};
  }
  auto changes =
      changes_between(base_->load ? *base_->load : "{}", *figures_->load);
  if (!changes) {
    figures_.reset();
    return {};
  }
  sent_load_ = figures_->load;
  stage_ = stage::figures;
  in_flight_ = true;
  return {patch_load(figures_->test, base_->resource_version, *changes), false};
}

/// The answer to a write of figures. Those that came since then wait again.
write_outcome document_flow::figures_patched(const api_response& response,
                                             monotonic_time now) {
  stage_ = stage::patch;
  write_outcome outcome;
  auto version = resource_version_in(body_of(response));
  if (is_success(response) && !version.empty()) {
    resource_version_ = version;
    base_ = {version, sent_load_};
    figures_failures_ = 0;
    figures_since_ = now;
    if (figures_ && figures_->load == sent_load_)
      figures_.reset();
    return outcome;
  }
  switch (class_of(response)) {
  case answer_class::not_found:
    outcome.vanished = true;
    break;
  case answer_class::conflict:
    base_.reset();
    break;
  default:
    // If it is stored nevertheless, the next attempt gets a conflict.
    outcome.failed_with = response.status;
    ++figures_failures_;
    if (figures_)
      figures_since_ = now + (is_transient(class_of(response)) ? transient_delay
                                                               : refused_delay)(
                                 figures_failures_, figures_->test_uid);
    break;
  }
  return outcome;
}

} // namespace locust
