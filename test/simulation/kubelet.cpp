#include "test/simulation/cluster.hpp"

#include <algorithm>

// The kubelet's and Locust's part of the cluster.

namespace locust::simulation {

namespace {

constexpr auto longest_wait_for_node = 300s;

container_seen& locust_in(pod_seen& pod) {
  return *std::find_if(pod.containers.begin(), pod.containers.end(),
                       [&](const auto& c) { return c.name == pod.role_name; });
}

/// The containers of others do what their pod does.
void set_others(pod_seen& pod, bool running, std::optional<int> code) {
  for (auto& c : pod.containers) {
    if (c.name == pod.role_name)
      continue;
    c.running = running;
    c.exit_code = code && c.sidecar ? 143 : code;
    c.exit_reason = !c.exit_code        ? ""
                    : *c.exit_code == 0 ? "Completed"
                                        : "Error";
  }
}

} // namespace

cluster::pod* cluster::find_pod(const std::string& uid) {
  auto at = pods_.find(uid);
  return at == pods_.end() ? nullptr : &at->second;
}

bool cluster::is_master(const pod& p) const {
  return p.seen.role_name == name_of(child_kind::master_job);
}

int cluster::workers_up() const {
  int up = 0;
  for (const auto& [uid, p] : pods_)
    up += p.ready && !is_master(p) ? 1 : 0;
  return up;
}

bool cluster::master_up() const {
  return std::any_of(pods_.begin(), pods_.end(), [&](const auto& entry) {
    return is_master(entry.second) && entry.second.ready;
  });
}

void cluster::start(const std::string& pod_uid) {
  auto* p = find_pod(pod_uid);
  if (p == nullptr || p->seen.deleting)
    return;
  auto& locust = locust_in(p->seen);
  if (p->what != fate::unschedulable)
    set_others(p->seen, true, {});
  auto heal = [&] {
    if (plan_.heals_after)
      time_.in(*plan_.heals_after, [this, pod_uid] { run(pod_uid); });
    troubled_ = troubled_otherwise_ = true;
  };
  switch (p->what) {
  case fate::no_image:
    locust.waiting_reason = "ErrImagePull";
    locust.waiting_message = "no such image";
    heal();
    break;
  case fate::unschedulable:
    p->seen.unscheduled = "0/3 nodes are available";
    // Nothing but a node ends the waiting.
    time_.in(plan_.heals_after.value_or(longest_wait_for_node),
             [this, pod_uid] { run(pod_uid); });
    troubled_ = true;
    break;
  case fate::no_config:
    locust.waiting_reason = "ContainerCreating";
    warn("Pod", p->seen.key.name, pod_uid, "configmap \"scripts\" not found");
    heal();
    break;
  case fate::runs:
  case fate::crashes:
  case fate::out_of_memory:
  case fate::evicted:
  case fate::drained:
    run(pod_uid);
    return;
  }
  show(*p);
}

void cluster::run(const std::string& pod_uid) {
  auto* p = find_pod(pod_uid);
  if (p == nullptr || p->seen.deleting || p->seen.phase != pod_phase::pending)
    return;
  auto& locust = locust_in(p->seen);
  locust.waiting_reason.clear();
  locust.waiting_message.clear();
  locust.running = true;
  set_others(p->seen, true, {});
  p->seen.unscheduled.reset();
  p->seen.node = "node-1";
  p->seen.ip = "10.0.0.1";
  p->seen.phase = pod_phase::running;
  p->ready = true;
  if (is_master(*p))
    life_of(p->seen.owner->uid)->ran = true;
  if (master_up() && workers_up() == plan_.workers)
    masters_.back().loaded = true;
  show(*p);
  sync_soon(p->seen.role_name);
  auto soon = plan_.crashes_after + dice_.between(0ms, 2s);
  auto later = dice_.between(2s, 20s);
  if (p->what == fate::crashes)
    time_.in(soon, [this, pod_uid] { end(pod_uid, 2, "Error"); });
  else if (p->what == fate::out_of_memory)
    time_.in(later, [this, pod_uid] { end(pod_uid, 137, "OOMKilled"); });
  else if (p->what == fate::evicted)
    time_.in(later, [this, pod_uid] { end(pod_uid, 137, "Evicted"); });
  else if (p->what == fate::drained)
    time_.in(later, [this, pod_uid] { drain(pod_uid); });
  if (is_master(*p))
    time_.in(plan_.run_time, [this, pod_uid] { end_locust(pod_uid); });
}

/// The run time is over: workers and master leave when the master has stayed,
/// in any order within 2 s.
void cluster::end_locust(const std::string& master_uid) {
  auto* master = find_pod(master_uid);
  if (master == nullptr || !master->ready)
    return;
  auto* life = life_of(master->seen.owner->uid);
  if (plan_.stays > duration{} && !std::exchange(life->stopped, true)) {
    time_.in(plan_.stays, [this, master_uid] { end_locust(master_uid); });
    return;
  }
  for (auto& [uid, p] : pods_)
    if (!is_master(p) && p.ready)
      time_.in(dice_.between(0ms, 2s), [this, worker = uid] {
        end(worker, plan_.worker_exit_code, "Error");
      });
  time_.in(dice_.between(0ms, 2s),
           [this, master_uid] { end(master_uid, plan_.exit_code, "Error"); });
}

void cluster::end(const std::string& pod_uid, int code,
                  const std::string& reason) {
  auto* p = find_pod(pod_uid);
  if (p == nullptr || p->seen.phase != pod_phase::running)
    return;
  auto& locust = locust_in(p->seen);
  if (locust.exit_code && !p->seen.deleting)
    return; // only containers of others are left
  if (!locust.exit_code) {
    locust.running = false;
    locust.exit_code = code;
    locust.exit_reason = code == 0 ? "Completed" : "Error";
    if (reason == "OOMKilled")
      locust.exit_reason = reason;
    p->ready = false;
    troubled_ |= code != 0;
    troubled_otherwise_ |= code != 0;
    if (auto* life = life_of(p->seen.owner->uid))
      if (!p->seen.deleting && !life->exit_code)
        life->exit_code = code;
  }
  if (reason == "Evicted") {
    take(*p, code);
    p->seen.reason = reason;
    p->seen.message = "the node was low on memory";
  }
  bool stays = plan_.others == company::stays && !p->seen.deleting &&
               reason != "Evicted";
  if (!stays)
    finish(*p, *locust.exit_code);
  show(*p);
  sync_soon(p->seen.role_name);
}

void cluster::finish(pod& p, int code) {
  set_others(p.seen, false, p.seen.deleting ? 143 : 0);
  bool well = code == 0 && (!p.seen.deleting || plan_.others == company::none ||
                            plan_.others == company::native);
  p.seen.phase = well && p.seen.reason != "Evicted" ? pod_phase::succeeded
                                                    : pod_phase::failed;
}

void cluster::take(const pod& p, int code) {
  troubled_ = troubled_otherwise_ = true;
  auto owner = jobs_.find(p.seen.role_name);
  // A container of others may have kept a pod that had failed.
  bool has_failed = std::any_of(pods_.begin(), pods_.end(), [&](auto& entry) {
    auto& other = entry.second;
    return other.seen.owner->uid == p.seen.owner->uid &&
           locust_in(other.seen).exit_code.value_or(0) != 0;
  });
  bool missed = owner != jobs_.end() && !has_failed &&
                owner->second.seen.uid == p.seen.owner->uid &&
                !owner->second.suspended && !owner->second.seen.deleting &&
                !owner->second.seen.ending &&
                owner->second.seen.verdict == job_verdict::none;
  taken_.push_back(
      {p.seen.key.name, p.seen.owner->uid, time_.now(), missed, code == 0});
}

void cluster::drain(const std::string& pod_uid) {
  auto* p = find_pod(pod_uid);
  if (p == nullptr || p->seen.deleting || !locust_in(p->seen).running)
    return;
  auto code = dice_.percent(50) ? 0 : 143;
  take(*p, code);
  p->seen.disruption = "EvictionByEvictionAPI: Eviction API: evicting";
  kill(pod_uid, code);
}

/// Deletes a pod: its containers get a moment, then it is gone. Pods of a Job
/// that still exists stay on record for it.
void cluster::kill(const std::string& pod_uid, int code) {
  auto* p = find_pod(pod_uid);
  if (p == nullptr || p->seen.deleting)
    return;
  bool over = p->seen.phase == pod_phase::failed ||
              p->seen.phase == pod_phase::succeeded;
  auto owner = jobs_.find(p->seen.role_name);
  bool has_job =
      owner != jobs_.end() && owner->second.seen.uid == p->seen.owner->uid;
  if (over && has_job && !owner->second.seen.deleting)
    return; // kept until its Job goes
  p->seen.deleting = true;
  p->ready = false;
  show(*p);
  sync_soon(p->seen.role_name);
  time_.in(dice_.between(50ms, 2s), [this, pod_uid, code] {
    auto* dying = find_pod(pod_uid);
    if (dying->seen.phase == pod_phase::running)
      end(pod_uid, code, "Error");
    else if (dying->seen.phase == pod_phase::pending)
      dying->seen.phase = pod_phase::failed;
    sync(dying->seen.role_name);
    dying->seen.resource_version = next_version();
    auto last = std::make_shared<const seen_object>(dying->seen);
    pods_.erase(pod_uid);
    if (on_change)
      on_change({watched_kind::pods,
                 gone{watched_kind::pods, key_of(*last), uid_of(*last), last}});
  });
}

bool cluster::delete_pod(child_kind child) {
  for (auto& [uid, p] : pods_)
    if (is_master(p) == (child == child_kind::master_job) && !p.seen.deleting &&
        (locust_in(p.seen).running || p.seen.phase == pod_phase::pending)) {
      if (auto* life = life_of(p.seen.owner->uid))
        life->pod_deleted = true;
      auto code =
          p.seen.phase == pod_phase::running && dice_.percent(50) ? 0 : 143;
      take(p, code);
      kill(uid, code);
      return true;
    }
  return false;
}

} // namespace locust::simulation
