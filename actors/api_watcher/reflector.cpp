#include "actors/api_watcher/reflector.hpp"

#include "actors/api_watcher/reflector_rules.hpp"
#include "protocol/kubernetes/answer.hpp"

#include <algorithm>

namespace locust::watcher {

reflector::reflector(watch_target target, uint64_t seed)
    : target_(std::move(target)), delays_(seed), known_(target_.kind) {
  // nop
}

// -- transitions --------------------------------------------------------------

reflector_effects reflector::start() {
  reflector_effects out;
  if (std::holds_alternative<resting>(state_))
    go_list({}, out);
  return out;
}

reflector_effects reflector::stop() {
  reflector_effects out;
  if (const auto* at = std::get_if<opening>(&state_))
    out.push_back(stop_stream{at->id});
  else if (const auto* open = std::get_if<watching>(&state_))
    out.push_back(stop_stream{open->id});
  state_ = resting{};
  return out;
}

reflector_effects reflector::on_timer(uint64_t generation) {
  reflector_effects out;
  auto* at = std::get_if<waiting>(&state_);
  if (at == nullptr || at->generation != generation)
    return out;
  if (at->list)
    go_list(std::move(*at->list), out);
  else
    go_watch(out);
  return out;
}

void reflector::go_list(listing page, reflector_effects& out) {
  if (page.continue_from.empty())
    known_.begin_list();
  list_query query{page.not_older_than, page.continue_from,
                   page.paged ? page_limit_ : 0};
  out.push_back(fetch_page{list_request(target_, query),
                           std::string(list_accept(target_.kind)),
                           page.paged ? largest_page : largest_list});
  state_ = std::move(page);
}

void reflector::go_watch(reflector_effects& out) {
  auto timeout = delays_.between(shortest_watch, longest_watch);
  state_ = opening{++last_stream_};
  out.push_back(start_stream{last_stream_,
                             watch_request(target_, version_, timeout),
                             std::string(watch_accept(target_.kind))});
}

void reflector::go_wait(std::optional<listing> list,
                        std::chrono::milliseconds delay,
                        reflector_effects& out) {
  state_ = waiting{++last_timer_, std::move(list)};
  out.push_back(start_timer{last_timer_, delay});
}

// -- streams ------------------------------------------------------------------

reflector_effects reflector::on_opened(uint64_t id, monotonic_time now) {
  reflector_effects out;
  const auto* at = std::get_if<opening>(&state_);
  if (at == nullptr || at->id != id)
    return out;
  state_ = watching{id, now};
  recovered(out);
  return out;
}

reflector_effects reflector::on_bytes(uint64_t id, std::string_view bytes,
                                      monotonic_time now) {
  reflector_effects out;
  auto* at = std::get_if<watching>(&state_);
  if (at == nullptr || at->id != id)
    return out;
  observations batch;
  auto ends = stream::goes_on;
  at->lines.feed(bytes);
  while (ends == stream::goes_on) {
    auto line = at->lines.next();
    if (!line)
      break;
    ends = on_line(*line, now, batch, out);
  }
  if (ends == stream::goes_on && at->lines.overflown())
    abandon_stream("a line is longer than " +
                       std::to_string(line_splitter::default_limit) + " bytes",
                   true, {}, now, out);
  report(std::move(batch), out);
  return out;
}

reflector_effects reflector::on_closed(uint64_t id, const api_response& got,
                                       monotonic_time now) {
  reflector_effects out;
  if (const auto* at = std::get_if<opening>(&state_); at && at->id == id) {
    open_failed(got, now, out);
    return out;
  }
  const auto* at = std::get_if<watching>(&state_);
  if (at == nullptr || at->id != id)
    return out;
  if (got.failure.empty() && (at->received || now - at->since >= too_short)) {
    go_watch(out);
    return out;
  }
  out.push_back(log_line{
      "the watch of " + describe(target_) + " ended: " +
          (got.failure.empty() ? std::string("immediately") : got.failure),
      false});
  go_wait(after_broken_stream(),
          delay_after(got.status, status_of(got).retry_after, now), out);
  return out;
}

reflector::stream reflector::on_line(std::string_view line, monotonic_time now,
                                     observations& batch,
                                     reflector_effects& out) {
  auto event = project_event(target_.kind, line);
  if (!event)
    return abandon_stream(event.error().message, false, {}, now, out);
  if (const auto* failed = std::get_if<stream_error>(&*event))
    return on_error_event(failed->status, now, out);
  std::get<watching>(state_).received = true;
  received_since_list_ = true;
  replica_waits_ = 0;
  broken_streams_ = 0;
  if (const auto* changed = std::get_if<object_changed>(&*event)) {
    on_object(changed->object, false, batch);
  } else if (const auto* removed = std::get_if<object_removed>(&*event)) {
    on_object(removed->object, true, batch);
  } else if (const auto* mark = std::get_if<bookmark>(&*event)) {
    advance_to(mark->resource_version);
  } else {
    const auto& odd = std::get<invalid_event>(*event);
    out.push_back(log_line{odd.what});
    advance_to(odd.resource_version);
  }
  return stream::goes_on;
}

void reflector::on_object(const shared_object& object, bool removed,
                          observations& batch) {
  const auto& version = resource_version_of(*object);
  // Repeated after a reconnect; it could bring back an object that is gone.
  if (is_less(version, version_))
    return;
  if (removed)
    known_.removed(object, batch);
  else if (can_be_ours(*object))
    known_.changed(object, batch);
  advance_to(version);
}

reflector::stream reflector::on_error_event(const status_object& said,
                                            monotonic_time now,
                                            reflector_effects& out) {
  bool expired = class_of(said.code) == answer_class::expired;
  if (expired || is_version_too_large(said)) {
    out.push_back(
        stop_stream{std::get<watching>(state_).id,
                    expired ? stream_fault::expired : stream_fault::useless});
    if (expired)
      version_expired(now, out);
    else
      wait_for_replica(std::nullopt, out);
    return stream::was_left;
  }
  return abandon_stream("the API server ended it with " +
                            std::to_string(said.code) + ' ' + said.reason +
                            ": " + said.message,
                        false, said.retry_after, now, out);
}

void reflector::advance_to(const std::string& version) {
  if (!version.empty() && !is_less(version, version_))
    version_ = version;
}

void reflector::open_failed(const api_response& got, monotonic_time now,
                            reflector_effects& out) {
  auto said = status_of(got);
  if (class_of(got) == answer_class::expired) {
    version_expired(now, out);
    return;
  }
  if (is_version_too_large(said)) {
    wait_for_replica(std::nullopt, out);
    return;
  }
  report_failure(describe_trouble(target_, list_or_watch::watch, got, said),
                 out);
  auto delay = delay_after(got.status, said.retry_after, now);
  auto what = class_of(got);
  if (what == answer_class::not_found || is_hopeless(what))
    go_wait(listing{}, delay, out);
  else
    go_wait(std::nullopt, delay, out);
}

/// Abandons a stream that cannot be continued. Opens a new one, or lists again
/// if a new stream did not help or cannot help.
reflector::stream
reflector::abandon_stream(std::string why, bool list_again,
                          std::optional<std::chrono::seconds> retry_after,
                          monotonic_time now, reflector_effects& out) {
  out.push_back(
      stop_stream{std::get<watching>(state_).id, stream_fault::useless});
  out.push_back(log_line{"the watch of " + describe(target_) +
                         " cannot continue: " + std::move(why)});
  auto list = after_broken_stream();
  if (list_again)
    list = listing{.not_older_than = version_};
  go_wait(std::move(list), delay_after(0, retry_after, now), out);
  return stream::was_left;
}

/// Returns a list to start if too many consecutive streams broke without any
/// event. The known version may be one that the server never reaches, because
/// its store was restored; then the stream stays silent.
std::optional<listing> reflector::after_broken_stream() {
  if (++broken_streams_ < broken_streams_limit)
    return std::nullopt;
  return listing{.not_older_than = version_};
}

// -- shared by lists and streams ----------------------------------------------

void reflector::version_expired(monotonic_time now, reflector_effects& out) {
  if (received_since_list_)
    go_list({.not_older_than = version_}, out);
  else
    // It expired right after the list, so the same list would not help.
    go_wait(listing{}, delay_after(0, {}, now), out);
}

void reflector::wait_for_replica(std::optional<listing> list,
                                 reflector_effects& out) {
  if (++replica_waits_ <= replica_waits_limit) {
    go_wait(std::move(list), replica_wait, out);
    return;
  }
  replica_waits_ = 0;
  go_list({}, out);
}

std::chrono::milliseconds
reflector::delay_after(int status,
                       std::optional<std::chrono::seconds> retry_after,
                       monotonic_time now) {
  if (retry_after)
    return delays_.with_jitter(*retry_after);
  auto result = delays_.next(now);
  if (class_of(status) == answer_class::not_found &&
      target_.kind == watched_kind::locust_tests)
    result = std::min<std::chrono::milliseconds>(result, crd_wait);
  return result;
}

void reflector::report_failure(trouble what, reflector_effects& out) {
  if (trouble_ && trouble_->same_as(what))
    return;
  out.push_back(report_trouble{what.status, what.sentence});
  trouble_ = std::move(what);
}

void reflector::recovered(reflector_effects& out) {
  if (!trouble_)
    return;
  trouble_.reset();
  out.push_back(report_trouble{});
}

} // namespace locust::watcher
