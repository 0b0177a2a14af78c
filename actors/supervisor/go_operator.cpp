#include "actors/supervisor/go_operator.hpp"

#include "protocol/json.hpp"

namespace locust {

namespace {

const json::value* condition_of(const json::value& status,
                                std::string_view type) {
  const auto* list = json::find(status, {"conditions"});
  if (list == nullptr || !list->IsArray())
    return nullptr;
  for (const auto& condition : list->GetArray())
    if (json::string_at(condition, {"type"}) == type)
      return &condition;
  return nullptr;
}

std::optional<shown_condition> shown(const json::value& status,
                                     std::string_view type) {
  const auto* condition = condition_of(status, type);
  if (condition == nullptr)
    return std::nullopt;
  auto since = parse_rfc3339(json::text_at(*condition, {"lastTransitionTime"}));
  if (!since)
    return std::nullopt;
  return shown_condition{json::string_at(*condition, {"status"}) == "True",
                         *since};
}

int32_t count_at(const json::value& status, std::string_view name) {
  return static_cast<int32_t>(json::int_at(status, {name}).value_or(0));
}

const std::optional<observed_child>& known_child(const observed_objects& seen,
                                                 child_kind child) {
  return seen.children[child];
}

/// Returns the uid of the child if it exists and belongs to this LocustTest.
std::string own_uid(const observed_objects& seen, child_kind child) {
  const auto& known = known_child(seen, child);
  return known && known->ours ? known->uid : std::string{};
}

/// Whether the spec was edited after the children were created.
bool edited_since(const json::value& status, const observed_objects& seen) {
  const auto* ready = condition_of(status, "Ready");
  auto built = ready == nullptr ? std::nullopt
                                : json::int_at(*ready, {"observedGeneration"});
  return built && seen.test->generation > *built;
}

/// The TTL of the existing Jobs. Without a Job, assume that a TTL removed it.
std::optional<int32_t> ttl_of(const observed_objects& seen,
                              const fact::taken_over& found) {
  for (const auto& uid : {found.master_job, found.worker_job})
    if (const auto* known = seen.job(uid))
      return known->job.ttl_seconds;
  return 0;
}

void read_run(const json::value& status, const observed_objects& seen,
              fact::taken_over& found) {
  found.service = own_uid(seen, child_kind::master_service);
  found.master_job = own_uid(seen, child_kind::master_job);
  found.worker_job = own_uid(seen, child_kind::worker_job);
  found.ttl_seconds = ttl_of(seen, found);
  if (auto workers = count_at(status, "expectedWorkers"); workers > 0)
    found.workers = workers;
  found.connected = count_at(status, "connectedWorkers");
  // A status of this operator contains the hash of the spec.
  if (auto hash = json::text_at(status, {"specHash"}); !hash.empty())
    found.spec_hash = hash;
  else
    found.edited = edited_since(status, seen);
}

} // namespace

std::optional<fact::taken_over>
find_migration(const observed_objects& seen, const assess_settings& settings) {
  if (!seen.test->status)
    return std::nullopt;
  auto status = json::parse(*seen.test->status);
  if (!status)
    return std::nullopt;
  auto phase = json::text_at(*status, {"phase"});
  if (phase != "Pending" && phase != "Running")
    return std::nullopt;
  fact::taken_over found{.spec_hash = seen.spec.hash,
                         .workers = seen.spec.workers,
                         .ttl_seconds = settings.job_ttl_seconds};
  found.start_time = parse_rfc3339(json::text_at(*status, {"startTime"}));
  // The Go operator treats a Job with another owner as its own.
  const auto& master = known_child(seen, child_kind::master_job);
  if (master && !master->ours)
    found.start_time.reset();
  if (found.start_time) {
    found.running = phase == "Running";
    read_run(*status, seen, found);
  }
  found.ready = shown(*status, "Ready");
  found.workers_connected = shown(*status, "WorkersConnected");
  found.test_completed = shown(*status, "TestCompleted");
  found.pods_healthy = shown(*status, "PodsHealthy");
  found.spec_drifted = shown(*status, "SpecDrifted");
  return found;
}

} // namespace locust
