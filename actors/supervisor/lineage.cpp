#include "actors/supervisor/lineage.hpp"

#include "actors/status_writer/status_patch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace locust {

namespace {

history_mark end_shown_by(const locust_test& test) {
  return test.status ? end_of_history(*test.status) : history_mark{};
}

history_mark mark_of(const lifecycle::history_entry& entry) {
  return {entry.sequence, entry.event.at};
}

} // namespace

std::shared_ptr<const locust_test> test_in(const observation& what) {
  if (const auto* there = std::get_if<present>(&what))
    if (const auto* test = std::get_if<locust_test>(there->object.get()))
      return {there->object, test};
  return nullptr;
}

bool is_end_of_test(const observation& what) {
  const auto* absent = std::get_if<gone>(&what);
  return absent != nullptr && absent->kind == watched_kind::locust_tests;
}

std::shared_ptr<const std::string> spec_of(const locust_test& test) {
  return test.spec ? test.spec : std::make_shared<const std::string>();
}

std::string status_text(const locust_test& test) {
  return test.status ? *test.status : std::string();
}

bool same_history(const locust_test& a, const locust_test& b) {
  if (a.status == b.status || (a.status && b.status && *a.status == *b.status))
    return true;
  return a.status && b.status && end_shown_by(a) == end_shown_by(b);
}

std::shared_ptr<const locust_test>
later(const std::shared_ptr<const locust_test>& test,
      const std::string& resource_version,
      const std::shared_ptr<const std::string>& status) {
  auto order =
      compare_resource_versions(resource_version, test->resource_version);
  if (order && *order != std::strong_ordering::greater)
    return test;
  auto made = std::make_shared<locust_test>(*test);
  made->resource_version = resource_version;
  made->status = status;
  return made;
}

history_mark lineage::end_of(const lifecycle::state& s) {
  return s.history.empty() ? history_mark{} : mark_of(s.history.back());
}

bool lineage::begins_at(const locust_test& test) {
  base_ = end_shown_by(test);
  confirmed_ = false;
  return std::exchange(begun_, true);
}

bool lineage::is_at(const locust_test& test) const {
  return !confirmed_ && end_shown_by(test) == base_;
}

bool lineage::is_own(const locust_test& test, const lifecycle::state& s) const {
  auto end = end_shown_by(test);
  return !is_ahead(end, base_) ||
         std::any_of(s.history.begin(), s.history.end(),
                     [&](const auto& entry) { return mark_of(entry) == end; });
}

bool lineage::is_garbled(const locust_test& test,
                         const lifecycle::state& s) const {
  if (!confirmed_ || !test.status || is_own(test, s))
    return false;
  std::vector<history_mark> ours;
  ours.reserve(s.history.size());
  for (const auto& entry : s.history)
    ours.push_back(mark_of(entry));
  return !history_has_any(*test.status, ours);
}

} // namespace locust
