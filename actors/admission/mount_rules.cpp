#include "actors/admission/mount_rules.hpp"

#include "actors/admission/mount_path.hpp"
#include "actors/admission/rule_texts.hpp"
#include "protocol/children.hpp"
#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace locust {

namespace {

constexpr std::string_view secret_prefix = "secret-";
constexpr std::string_view library_volume = "locust-lib";

/// What the prefix leaves of the 63 bytes of a volume name.
constexpr size_t secret_name_limit = 56;

std::string item(std::string_view list, size_t i, std::string_view member) {
  return std::string(list) + '[' + std::to_string(i) + "]." +
         std::string(member);
}

/// A mount that the user defines.
struct mount {
  subject path;
  bool on_master = true;
  bool on_worker = true;
};

std::vector<mount> secret_mounts(const spec_values& spec) {
  std::vector<mount> result;
  result.reserve(spec.env.secret_mounts.size());
  for (const auto& m : spec.env.secret_mounts)
    result.push_back(
        {.path = {"secretMount path", m.path,
                  item("spec.env.secretMounts", result.size(), "mountPath")}});
  return result;
}

std::vector<mount> volume_mounts(const spec_values& spec) {
  std::vector<mount> result;
  result.reserve(spec.volume_mounts.size());
  for (const auto& m : spec.volume_mounts)
    result.push_back(
        {.path = {"volumeMount path", m.path,
                  item("spec.volumeMounts", result.size(), "mountPath")},
         .on_master = m.on_master,
         .on_worker = m.on_worker});
  return result;
}

// -- volumes and mounts -------------------------------------------------------

/// Returns the mount paths of the test files; both if no test files are set
/// (docs/behaviour/admission.md#reserved-paths).
std::vector<std::string_view> reserved_paths(const test_files_spec& files) {
  auto no_sources = files.config_map.empty();
  auto no_library = files.lib_config_map.empty();
  std::vector<std::string_view> result;
  if (!no_sources || no_library)
    result.push_back(files.source_path);
  if (!no_library || no_sources)
    result.push_back(files.lib_path);
  return result;
}

void judge_paths(const std::vector<mount>& mounts, const test_files_spec& files,
                 findings& found) {
  for (const auto& m : mounts) {
    if (m.path.value.empty())
      found.violation(m.path, rule_text::empty_path);
    else
      for (auto reserved : reserved_paths(files))
        if (paths_conflict(clean_path(m.path.value), clean_path(reserved)))
          found.violation(m.path,
                          std::string(rule_text::reserved_path) + ' ' +
                              in_quotes(reserved) + ", " +
                              std::string(rule_text::reserved_path_reason));
  }
}

/// Returns why the operator reserves this volume name; empty if it does not.
std::string_view reservation_of(std::string_view volume,
                                std::string_view test_name) {
  if (volume.starts_with(secret_prefix))
    return rule_text::reserved_prefix;
  if (volume == library_volume)
    return rule_text::reserved_volume;
  if (volume == child_name(test_name, child_kind::master_job) ||
      volume == child_name(test_name, child_kind::worker_job))
    return rule_text::generated_volume;
  return {};
}

void judge_volume_names(const spec_values& spec, std::string_view test_name,
                        findings& found) {
  for (size_t i = 0; i < spec.volumes.size(); ++i) {
    auto name = spec.volumes[i].name;
    if (auto rule = reservation_of(name, test_name); !rule.empty())
      found.violation({"volume name", name, item("spec.volumes", i, "name")},
                      rule);
  }
}

std::set<std::string_view> names_of(const std::vector<volume_spec>& volumes) {
  std::set<std::string_view> names;
  for (const auto& volume : volumes)
    names.insert(volume.name);
  return names;
}

void judge_references(const spec_values& spec, findings& found) {
  auto defined = names_of(spec.volumes);
  for (size_t i = 0; i < spec.volume_mounts.size(); ++i)
    if (auto name = spec.volume_mounts[i].name; !defined.contains(name))
      found.violation(
          {"volumeMount", name, item("spec.volumeMounts", i, "name")},
          rule_text::undefined_volume);
}

// -- what no API server lets into a pod ---------------------------------------

/// Reports each mount with the same path as another in the same pod. The paths
/// of test files are reserved anyway.
class path_users {
public:
  explicit path_users(findings& found) : found_(found) {
    // nop
  }

  void add(const mount& m) {
    if (m.path.value.empty())
      return;
    const subject* other = nullptr;
    auto path = clean_path(m.path.value);
    if (m.on_master)
      other = first(on_master_, path, m.path);
    if (m.on_worker)
      if (const auto* in_worker = first(on_worker_, path, m.path))
        other = other == nullptr ? in_worker : other;
    if (other != nullptr)
      found_.violation(m.path, std::string(rule_text::duplicate_path) + ' ' +
                                   other->place);
  }

private:
  using paths = std::map<std::string, const subject*>;

  /// Returns the mount that already has the path.
  static const subject* first(paths& users, const std::string& path,
                              const subject& user) {
    auto [at, is_new] = users.emplace(path, &user);
    return is_new ? nullptr : at->second;
  }

  findings& found_;
  paths on_master_;
  paths on_worker_;
};

void judge_secrets(const spec_values& spec, findings& found) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < spec.env.secret_mounts.size(); ++i) {
    auto name = spec.env.secret_mounts[i].name;
    const subject s{"Secret", name, item("spec.env.secretMounts", i, "name")};
    if (!is_dns_label(name) || name.size() > secret_name_limit)
      found.violation(s, rule_text::secret_name);
    if (!seen.insert(name).second)
      found.violation(s, rule_text::secret_mounted_twice);
  }
}

/// All members of a core/v1 Volume except its name are sources.
size_t source_count(const json::value* volume) {
  if (volume == nullptr)
    return 0;
  return static_cast<size_t>(std::count_if(
      volume->MemberBegin(), volume->MemberEnd(),
      [](const auto& m) { return m.name != "name" && !m.value.IsNull(); }));
}

/// Volumes without a mount are in no pod, so their faults are harmless.
void judge_mounted_volumes(const spec_values& spec, findings& found) {
  std::set<std::string_view> mounted;
  for (const auto& m : spec.volume_mounts)
    if (m.on_master || m.on_worker)
      mounted.insert(m.name);
  std::set<std::string_view> seen;
  for (size_t i = 0; i < spec.volumes.size(); ++i) {
    const auto& volume = spec.volumes[i];
    if (!mounted.contains(volume.name))
      continue;
    const subject s{"volume name", volume.name,
                    item("spec.volumes", i, "name")};
    if (!is_dns_label(volume.name))
      found.violation(s, rule_text::volume_name);
    if (!seen.insert(volume.name).second)
      found.violation(s, rule_text::duplicate_volume);
    if (source_count(volume.whole) > 1)
      found.violation(
          {"volume", volume.name, "spec.volumes[" + std::to_string(i) + ']'},
          rule_text::several_sources);
  }
}

void judge_test_files(const test_files_spec& files, findings& found) {
  if (!files.config_map.empty() && !files.lib_config_map.empty() &&
      clean_path(files.source_path) == clean_path(files.lib_path))
    found.violation(
        {"testFiles path", files.lib_path, "spec.testFiles.libMountPath"},
        rule_text::same_folders);
}

} // namespace

void judge_mounts(const spec_values& spec, std::string_view test_name,
                  findings& found) {
  judge_paths(secret_mounts(spec), spec.test_files, found);
  judge_volume_names(spec, test_name, found);
  judge_paths(volume_mounts(spec), spec.test_files, found);
  judge_references(spec, found);
}

void judge_mounts_in_pods(const spec_values& spec, findings& found) {
  judge_test_files(spec.test_files, found);
  judge_secrets(spec, found);
  judge_mounted_volumes(spec, found);
  auto secrets = secret_mounts(spec);
  auto volumes = volume_mounts(spec);
  path_users users(found);
  for (const auto& m : secrets)
    users.add(m);
  for (const auto& m : volumes)
    users.add(m);
}

} // namespace locust
