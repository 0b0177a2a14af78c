#include "actors/operator/routing.hpp"

#include "protocol/children.hpp"

#include <algorithm>

namespace locust {

namespace {

/// `k8s.io/apiserver/pkg/storage/names`: names of 63 characters at most, of
/// which the last ones are random.
constexpr size_t random_suffix = 5;
constexpr size_t longest_prefix = 58;

std::optional<object_key> from_pod_name(const std::string& ns,
                                        std::string_view pod) {
  auto job = job_name_of_pod(pod);
  if (!job)
    return std::nullopt;
  return object_key{ns, std::move(*job)};
}

struct child_finder {
  std::optional<object_key> operator()(const locust_test&) const {
    return std::nullopt;
  }

  std::optional<object_key> operator()(const service_seen& service) const {
    return service.key;
  }

  std::optional<object_key> operator()(const job_seen& job) const {
    return job.key;
  }

  std::optional<object_key> operator()(const pod_seen& pod) const {
    if (!pod.role_name.empty())
      return object_key{pod.key.ns, pod.role_name};
    return from_pod_name(pod.key.ns, pod.key.name);
  }

  std::optional<object_key> operator()(const warning_seen& warning) const {
    if (warning.about_kind == "Pod")
      return from_pod_name(warning.key.ns, warning.about_name);
    return object_key{warning.key.ns, warning.about_name};
  }
};

/// Whether to keep an object without a known test for a test that may come. All
/// Services are watched, so most of them are foreign.
bool may_be_ours(const observation& what) {
  const auto* there = std::get_if<present>(&what);
  if (there == nullptr)
    return false;
  auto owned = [](const std::optional<owner_reference>& owner) {
    return owner && owner->kind == "LocustTest";
  };
  if (const auto* service = std::get_if<service_seen>(there->object.get()))
    return owned(service->owner);
  if (const auto* job = std::get_if<job_seen>(there->object.get()))
    return owned(job->owner);
  return std::holds_alternative<pod_seen>(*there->object);
}

/// The names under which objects of the test are found.
std::vector<object_key> claimed_by(const object_key& test) {
  std::vector<object_key> keys;
  for (const auto& row : child_rows) {
    auto name = child_name(test.name, row.kind);
    auto shortened = shortened_job_name(name);
    if (row.has_pods && shortened != name)
      keys.push_back({test.ns, std::move(shortened)});
    keys.push_back({test.ns, std::move(name)});
  }
  return keys;
}

/// Whether it shows a pod whose containers may run, or may yet start.
bool is_live_pod(const observation& what) {
  const auto* there = std::get_if<present>(&what);
  const auto* pod =
      there ? std::get_if<pod_seen>(there->object.get()) : nullptr;
  return pod != nullptr && pod->phase != pod_phase::succeeded &&
         pod->phase != pod_phase::failed;
}

const std::string& uid_of(const observation& what) {
  if (const auto* there = std::get_if<present>(&what))
    return uid_of(*there->object);
  return std::get<gone>(what).uid;
}

} // namespace

std::optional<std::string> job_name_of_pod(std::string_view pod) {
  if (pod.size() <= random_suffix + 1)
    return std::nullopt;
  auto prefix = pod.substr(0, pod.size() - random_suffix);
  if (prefix.back() == '-')
    prefix.remove_suffix(1);
  else if (prefix.size() < longest_prefix)
    return std::nullopt;
  return std::string(prefix);
}

std::string shortened_job_name(std::string_view job) {
  auto prefix = (std::string(job) + '-').substr(0, longest_prefix);
  if (prefix.back() == '-')
    prefix.pop_back();
  return prefix;
}

std::optional<object_key> child_key_of(const observation& what) {
  if (const auto* there = std::get_if<present>(&what))
    return std::visit(child_finder{}, *there->object);
  const auto* absent = std::get_if<gone>(&what);
  if (absent == nullptr || absent->kind == watched_kind::locust_tests)
    return std::nullopt;
  if (absent->last)
    return std::visit(child_finder{}, *absent->last);
  if (absent->kind == watched_kind::pods)
    return from_pod_name(absent->key.ns, absent->key.name);
  if (absent->kind == watched_kind::services ||
      absent->kind == watched_kind::jobs)
    return absent->key;
  return std::nullopt; // an expired Event has no meaning
}

bool has_open_job(const observations& seen) {
  std::map<std::string, bool> open;
  for (const auto& what : seen)
    if (const auto* there = std::get_if<present>(&what)) {
      if (const auto* job = std::get_if<job_seen>(there->object.get()))
        open[job->uid] = job->verdict == job_verdict::none;
    } else if (const auto* absent = std::get_if<gone>(&what)) {
      open.erase(absent->uid);
    }
  return std::any_of(open.begin(), open.end(),
                     [](const auto& job) { return job.second; });
}

observations child_table::add(const object_key& test) {
  observations seen;
  for (const auto& key : claimed_by(test)) {
    auto& owners = tests_[key];
    if (std::find(owners.begin(), owners.end(), test) == owners.end())
      owners.push_back(test);
    auto early = early_.extract(key);
    if (!early.empty())
      for (auto& [uid, what] : early.mapped())
        seen.push_back(std::move(what));
    if (auto at = pods_.find(key); at != pods_.end())
      for (const auto& [uid, what] : at->second)
        seen.push_back(what);
  }
  return seen;
}

void child_table::remove(const object_key& test) {
  for (const auto& key : claimed_by(test)) {
    auto at = tests_.find(key);
    if (at == tests_.end())
      continue;
    std::erase(at->second, test);
    if (at->second.empty())
      tests_.erase(at);
  }
}

const std::vector<object_key>& child_table::find(const observation& what) {
  static const std::vector<object_key> none;
  auto key = child_key_of(what);
  if (!key)
    return none;
  keep_pod(*key, what);
  if (auto at = tests_.find(*key); at != tests_.end())
    return at->second;
  if (may_be_ours(what)) {
    early_[*key].insert_or_assign(uid_of(what), what);
  } else if (auto at = early_.find(*key); at != early_.end()) {
    at->second.erase(uid_of(what));
    if (at->second.empty())
      early_.erase(at);
  }
  return none;
}

/// Keeps a pod that has not ended, once a test gets it; drops any other one. A
/// deleted pod may be known by its name only, so that name is the key.
void child_table::keep_pod(const object_key& named, const observation& what) {
  object_key key{named.ns, shortened_job_name(named.name)};
  if (is_live_pod(what) && tests_.find(named) != tests_.end()) {
    pods_[key].insert_or_assign(uid_of(what), what);
  } else if (auto at = pods_.find(key); at != pods_.end()) {
    at->second.erase(uid_of(what));
    if (at->second.empty())
      pods_.erase(at);
  }
}

size_t child_table::waiting() const {
  size_t n = 0;
  for (const auto& [key, seen] : early_)
    n += seen.size();
  return n;
}

} // namespace locust
