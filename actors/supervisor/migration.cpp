#include "actors/supervisor/change.hpp"

#include <algorithm>

// The first event of a run that the Go operator started. Conditions keep their
// transition times; children that may have been created before are not created
// again.

namespace locust::lifecycle {

namespace {

/// The run had this child, but it was not observed. It counts as lost.
std::string uid_or_unknown(const std::string& uid) {
  return uid.empty() ? std::string(unknown_value) : uid;
}

void migrate_run(change& c, const fact::taken_over& f) {
  auto& run = c.s.run;
  run.start_time = f.start_time;
  run.children = {{uid_or_unknown(f.service), uid_or_unknown(f.master_job),
                   uid_or_unknown(f.worker_job)}};
  c.set(condition_type::ready, truth::yes, "ResourcesCreated",
        "All resources created");
  run.connected = f.connected;
  run.source =
      f.connected > 0 ? worker_source::go_operator : worker_source::none;
  show_workers(c);
  if (f.edited) {
    run.spec_hash = unknown_value;
    show_drift(c);
  }
  if (f.running) {
    c.s.at = running{};
    show_load(c);
  } else {
    c.s.at = launched{};
  }
}

/// A condition with the same status keeps its transition time.
void keep_transitions(state& s, const fact::taken_over& f) {
  const per_condition<std::optional<shown_condition>> before = {
      {f.ready, f.workers_connected, f.test_completed, f.pods_healthy,
       f.spec_drifted}};
  for (auto type : conditions::keys()) {
    auto& now = s.conditions[type];
    const auto& shown = before[type];
    if (now && shown && shown->holds == (now->status == truth::yes))
      now->last_transition = shown->since;
  }
}

} // namespace

void on(change& c, const unseen&, const fact::taken_over& f) {
  // Nothing of the run is earlier than its beginning, whatever the clock says.
  if (f.start_time)
    c.s.clock = std::max(c.s.clock, *f.start_time);
  begin_run(c, {f.spec_hash, f.workers, f.ttl_seconds});
  if (f.start_time)
    migrate_run(c, f);
  keep_transitions(c.s, f);
  c.s.restored = true;
  c.note();
}

} // namespace locust::lifecycle
