#include "test/simulation/world.hpp"

#include "actors/report_keeper/report_collection.hpp"
#include "protocol/json.hpp"
#include "test/simulation/known_limits.hpp"

#include <algorithm>
#include <utility>

namespace locust::simulation {

namespace {

bool is_pod_end(const observation& what) {
  const auto* there = std::get_if<present>(&what);
  const auto* pod =
      there ? std::get_if<pod_seen>(there->object.get()) : nullptr;
  return pod != nullptr && (pod->deleting || pod->phase == pod_phase::failed ||
                            pod->phase == pod_phase::succeeded);
}

operator_settings settings_for(const test_plan& plan) {
  operator_settings made;
  made.job_ttl_seconds = plan.ttl;
  return made;
}

supervisor_rules rules_for(const operator_settings& settings,
                           size_t replica_count, bool journals) {
  supervisor_rules made;
  made.settings = std::make_shared<const operator_settings>(settings);
  made.elects = replica_count > 1;
  made.leads = !made.elects;
  made.journals = journals;
  made.keeps_reports = true;
  return made;
}

} // namespace

world::world(uint64_t seed, const test_plan& made, size_t replica_count,
             bool is_told)
    : dice(seed), plan(made), told(time, is_told), objects(time, dice, plan),
      server(time, objects),
      checks(time, told, objects, dice.percent(10) ? replica_count : 0),
      setting{
          time,
          dice,
          objects,
          told,
          checks,
          rules_for(settings_for(plan), replica_count, checks.has_journals()),
          settings_for(plan)} {
  for (size_t n = 0; n < replica_count; ++n)
    replicas.push_back(std::make_unique<replica>(setting, server, n));
  objects.on_change = [this](const logged& change) {
    for (auto& each : replicas)
      each->stream(change.kind).add(change.what);
    if (on_pod_end && is_pod_end(change.what))
      std::exchange(on_pod_end, nullptr)();
  };
  server.on_status = [this](const std::string& document) {
    checks.on_stored(document);
  };
  server.on_figures = [this](const std::string& status) {
    checks.on_figures(status);
  };
  if (plan.report_name_taken)
    server.config_maps.emplace(report_name(plan.name), "somebody");
  checks.owns_config_map = [this](const std::string& name) {
    auto found = server.config_maps.find(name);
    return found != server.config_maps.end() && found->second == test_uid;
  };
  server.on_created = [this](child_kind child) {
    checks.on_created(child);
  };
  if (replica_count == 1)
    return;
  checks.others_may_write = [this](size_t number) {
    return std::any_of(replicas.begin(), replicas.end(), [&](const auto& r) {
      return r->up() && r.get() != replicas[number].get() &&
             r->process()->may_write();
    });
  };
  checks.may_have_two_leaders = [this] {
    return server.leases.was_removed_within(known_limits::deleted_lease);
  };
  checks.may_hold_lease = [this](const std::string& identity) {
    return server.leases.may_be_believed_by(identity, time.now());
  };
}

replica* world::leader() {
  for (auto& each : replicas)
    if (each->up() && each->process()->leads() && each->process()->may_write())
      return each.get();
  return nullptr;
}

run_state world::state_of_run() {
  if (!objects.test_exists() || objects.test().deleting)
    return run_state::departing;
  auto* by = leader();
  if (by != nullptr && by->process()->test() != nullptr)
    return run_state_of(by->process()->test()->core().state());
  return checks.stored() ? run_state_of(*checks.stored()) : run_state::unseen;
}

bool world::is_down() const {
  return std::none_of(replicas.begin(), replicas.end(),
                      [](const auto& r) { return r->up(); });
}

bool world::is_at_rest() {
  auto leaders = std::count_if(replicas.begin(), replicas.end(), [](auto& r) {
    return r->up() && r->process()->leads();
  });
  return leaders == 1 && leader() != nullptr && !objects.holds_jobs() &&
         std::all_of(replicas.begin(), replicas.end(), [](auto& r) {
           return r->up() && !r->process()->is_stopping() &&
                  !r->process()->life().is_frozen();
         });
}

bool world::lose_history() {
  if (!checks.stored() || !objects.test_exists() || !objects.test().status)
    return false;
  auto doc = json::parse(*objects.test().status).value();
  for (const auto* ours :
       {"history", "specHash", "runSpec", "compressedRunSpec"})
    doc.RemoveMember(ours);
  log("--- the history is lost");
  checks.forget_history();
  server.events.expire();
  objects.store_status(json::dump_canonical(doc));
  return true;
}

} // namespace locust::simulation
