#include "actors/supervisor/after_end.hpp"

#include "protocol/json.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/object_path.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// The pods of one Job after the end of the run.
struct pod_count {
  /// Pods whose Locust has ended.
  int32_t ended = 0;
  /// Of these, pods that others keep.
  int32_t kept = 0;
  int32_t running = 0;
};

pod_count count_pods(const observed_objects& seen, const std::string& job_uid) {
  pod_count result;
  for (const auto& [uid, pod] : seen.pods) {
    if (pod.job_uid != job_uid)
      continue;
    bool active = !pod.gone && pod.phase != pod_phase::succeeded &&
                  pod.phase != pod_phase::failed;
    bool over = pod.end || (!active && !pod.gone);
    result.ended += over ? 1 : 0;
    result.kept += over && active ? 1 : 0;
    result.running += pod.locust_runs ? 1 : 0;
  }
  return result;
}

/// The Job of the run: the existing one, which may have been created without an
/// answer or by another leader that could not store it, or the recorded one. A
/// status without a history is that of the Go operator, whose Jobs stay as they
/// are.
const std::string& job_uid(const lifecycle::state& s,
                           const observed_objects& seen, child_kind child) {
  const auto& there = seen.children[child];
  bool is_ours = there && there->ours && !s.history.empty();
  return is_ours ? there->uid : s.run.children[child];
}

/// Whether a Job was created that the watch has not shown.
bool is_unseen(const lifecycle::state& s, const observed_objects& seen,
               child_kind child) {
  const auto& there = seen.children[child];
  return there && !there->watched && !s.history.empty();
}

/// Until when a Job may be found that was created shortly before the end;
/// nothing where none is missing.
std::optional<timestamp> awaited_until(const lifecycle::state& s,
                                       const observed_objects& seen,
                                       child_kind child) {
  const auto* end = std::get_if<lifecycle::ended>(&s.at);
  if (end == nullptr || s.history.empty() || seen.children[child])
    return std::nullopt;
  const auto* known = seen.job(s.run.children[child]);
  // One that was finished was removed by its TTL.
  if (known != nullptr && known->job.verdict != job_verdict::none)
    return std::nullopt;
  return end->at + record_patience;
}

/// Whether the Job exists, and nothing ends it by itself.
bool goes_on(const observed_objects& seen, child_kind child,
             const job_seen& job) {
  const auto& there = seen.children[child];
  return there && there->uid == job.uid && !job.deleting && !job.ending &&
         job.verdict == job_verdict::none;
}

/// Whether the Job can still run Locust, and may be suspended.
bool is_open(const lifecycle::state& s, const observed_objects& seen,
             child_kind child, const job_seen& job) {
  if (!goes_on(seen, child, job) || job.suspended)
    return false;
  auto pods = count_pods(seen, job.uid);
  auto wanted = child == child_kind::master_job ? 1 : s.run.expected_workers;
  return pods.ended < wanted && pods.kept == 0;
}

/// Whether the master ended by itself, so that the workers follow.
bool ended_in_order(end_cause cause) {
  return cause == end_cause::master_completed ||
         cause == end_cause::master_failed || cause == end_cause::worker_failed;
}

api_request suspend_request(const object_key& job, std::string_view uid) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  out.Key("metadata");
  out.StartObject();
  out.Key("uid"); // 409 if another Job has the name now
  out.String(uid.data(), static_cast<rapidjson::SizeType>(uid.size()));
  out.EndObject();
  out.Key("spec");
  out.StartObject();
  out.Key("suspend");
  out.Bool(true);
  out.EndObject();
  out.EndObject();
  api_request request;
  request.verb = http_verb::merge_patch;
  request.target = object_path(resources::jobs, job.ns, job.name);
  request.body =
      std::make_shared<const std::string>(buffer.GetString(), buffer.GetSize());
  request.in = lane::status;
  return request;
}

/// When the Job is to be suspended; nothing when it stays as it is.
std::optional<timestamp> due_of(const lifecycle::state& s,
                                const observed_objects& seen,
                                child_kind child) {
  const auto* known = seen.job(job_uid(s, seen, child));
  const auto* end = std::get_if<lifecycle::ended>(&s.at);
  if (end == nullptr || known == nullptr ||
      !is_open(s, seen, child, known->job))
    return std::nullopt;
  bool leaving = ended_in_order(end->cause) &&
                 count_pods(seen, known->job.uid).running > 0;
  return leaving ? end->at + end_patience : end->at;
}

} // namespace

job_suspension::step job_suspension::next(const lifecycle::state& s,
                                          const observed_objects& seen,
                                          timestamp now, bool acts) {
  step todo;
  todo.done = !pending_;
  auto wait = [&](timestamp until) {
    todo.done = false;
    todo.look_again = std::min(until, todo.look_again.value_or(until));
  };
  // Without workers, a master makes no load.
  for (auto child : {child_kind::worker_job, child_kind::master_job}) {
    todo.done = todo.done && !is_unseen(s, seen, child);
    if (auto until = awaited_until(s, seen, child); until && now < *until)
      wait(*until);
    const auto* known = seen.job(job_uid(s, seen, child));
    if (known == nullptr || settled_[child] == known->job.uid)
      continue;
    // Who suspended it may resume it.
    if (known->job.suspended && goes_on(seen, child, known->job))
      todo.done = false;
    auto due = due_of(s, seen, child);
    if (!due)
      continue;
    todo.done = false;
    due = std::max(*due, retry_at_.value_or(*due));
    if (now < *due) {
      wait(*due);
    } else if (acts && !pending_) {
      pending_ = order{child, known->job.uid};
      const auto& test = seen.test->key;
      todo.request = suspend_request({test.ns, child_name(test.name, child)},
                                     known->job.uid);
    }
  }
  return todo;
}

job_suspension::result job_suspension::on_answer(const lifecycle::state& s,
                                                 const observed_objects& seen,
                                                 const api_response& answer,
                                                 timestamp now) {
  if (!pending_)
    return {};
  auto [child, uid] = *std::exchange(pending_, std::nullopt);
  auto job = child_name(seen.test->key.name, child);
  auto what = class_of(answer);
  // 404: it is gone. 409: another Job has its name now.
  bool settled =
      what == answer_class::success || what == answer_class::not_found ||
      what == answer_class::conflict || what == answer_class::forbidden;
  if (settled)
    settled_[child] = uid;
  retry_at_.reset();
  if (what == answer_class::success)
    return {{},
            publish_event{severity::normal, "Suspended",
                          "Suspended Job " + job +
                              ", because the run has ended and its pods have "
                              "not",
                          s.last_sequence + 1 + static_cast<uint64_t>(child)}};
  auto trouble = "could not suspend Job " + job + " after the end of the run: ";
  if (what == answer_class::forbidden)
    return {trouble + in_words(answer) +
                "; its pods go on: grant the operator the verb 'patch' on jobs "
                "(batch), or set --after-end=leave",
            {}};
  if (settled)
    return {};
  retry_at_ = now + refused_back_off.delay(++failures_);
  return {trouble + in_words(answer) + "; retrying", {}};
}

} // namespace locust
