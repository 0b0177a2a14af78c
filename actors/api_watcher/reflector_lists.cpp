#include "actors/api_watcher/reflector_rules.hpp"

// The half of the reflector that lists.

namespace locust::watcher {

reflector_effects reflector::on_list_answer(const api_response& got,
                                            monotonic_time now) {
  reflector_effects out;
  if (!std::holds_alternative<listing>(state_))
    return out;
  if (got.status != 200) {
    list_failed(got, now, out);
    return out;
  }
  auto page = project_page(target_.kind, *got.body);
  if (page)
    on_page(*page, now, out);
  else
    list_failed({got.status, got.body, page.error().message, {}}, now, out);
  return out;
}

/// Compares the version of a list with the known one and the requested one.
/// Returns false if the list cannot be used; then another state was entered.
bool reflector::accepts_version(const object_page& page, const listing& asked,
                                monotonic_time now, reflector_effects& out) {
  if (!asked.continue_from.empty())
    return true;
  if (is_less(page.resource_version, asked.not_older_than)) {
    out.push_back(log_line{"the list of " + describe(target_) +
                           " is older than requested; relisting"});
    go_wait(listing{}, delay_after(0, {}, now), out);
    return false;
  }
  if (is_less(page.resource_version, version_)) {
    // A consistent read that is older than the known version.
    out.push_back(log_line{"the resource version of " + describe(target_) +
                           " went back from " + version_ + " to " +
                           page.resource_version +
                           ": the store was restored; relisting"});
    known_.forget_versions();
  }
  return true;
}

void reflector::on_page(const object_page& page, monotonic_time now,
                        reflector_effects& out) {
  auto next = std::get<listing>(state_);
  if (!accepts_version(page, next, now, out))
    return;
  observations batch;
  for (const auto& object : page.objects)
    if (can_be_ours(*object))
      known_.listed_item(object, batch);
  for (const auto& what : page.skipped)
    out.push_back(log_line{what});
  if (!page.continue_from.empty()) {
    next.continue_from = page.continue_from;
    go_list(std::move(next), out);
  } else {
    known_.end_list(batch);
    version_ = page.resource_version;
    batch.push_back(
        listed{target_.kind, version_, target_.ns.value_or(std::string{})});
    received_since_list_ = false;
    replica_waits_ = 0;
    broken_streams_ = 0;
    go_watch(out);
  }
  report(std::move(batch), out);
}

void reflector::list_failed(const api_response& got, monotonic_time now,
                            reflector_effects& out) {
  auto page = std::get<listing>(state_);
  if (got.too_large && on_too_large(page, now, out))
    return;
  auto said = status_of(got);
  bool expired = class_of(got) == answer_class::expired;
  if (expired && !page.continue_from.empty()) {
    page.continue_from.clear();
    page.paged = false;
    go_list(std::move(page), out);
    return;
  }
  if (expired && !page.not_older_than.empty()) {
    go_list({}, out);
    return;
  }
  if (is_version_too_large(said) && !page.not_older_than.empty()) {
    wait_for_replica(std::move(page), out);
    return;
  }
  report_failure(describe_trouble(target_, list_or_watch::list, got, said),
                 out);
  if (is_hopeless(class_of(got)))
    page = listing{};
  go_wait(std::move(page), delay_after(got.status, said.retry_after, now), out);
}

/// Requests a page with fewer objects, or pages instead of a list in one piece.
/// Returns false if a page with one object is too large.
bool reflector::on_too_large(const listing& page, monotonic_time now,
                             reflector_effects& out) {
  if (!page.paged) {
    // Pages took too long before, so the server or this process was slow.
    out.push_back(log_line{"the list of " + describe(target_) +
                           " is too large for one answer; reading pages"});
    go_wait(listing{.not_older_than = page.not_older_than},
            delay_after(0, {}, now), out);
    return true;
  }
  if (page_limit_ == 1)
    return false;
  page_limit_ /= 2;
  out.push_back(log_line{"a page of " + describe(target_) +
                         " is too large; reading " +
                         std::to_string(page_limit_) + " objects per page"});
  go_list(page, out);
  return true;
}

} // namespace locust::watcher
