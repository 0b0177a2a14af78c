#include "actors/supervisor/pod_trouble.hpp"

#include "actors/supervisor/last_words.hpp"
#include "protocol/enum_map.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <array>

namespace locust {

namespace {

struct trouble_row {
  std::string_view name;
  /// `waiting.reason` of a container.
  std::array<std::string_view, 7> waiting;
};

constexpr enum_map<trouble_kind, trouble_row, 7> table = {{{
    {"ConfigurationError",
     {"CreateContainerConfigError", "CreateContainerError",
      "RunContainerError"}},
    {"ImagePullError",
     {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull",
      "InvalidImageName", "ImageInspectError", "RegistryUnavailable",
      "SignatureValidationFailed"}},
    {"SchedulingError", {}},
    {"CrashLoopBackOff", {"CrashLoopBackOff"}},
    {"InitializationError", {}},
    {"PodLost", {}},
    {"PodCreationFailed", {}},
}}};

/// Maximum length of a text of Kubernetes, in bytes: the beginning says what is
/// wrong.
constexpr size_t detail_limit = 1024;

std::string cut(const std::string& words) {
  return json::clean_text(words, detail_limit);
}

std::optional<trouble_kind> kind_of_waiting(std::string_view reason) {
  if (reason.empty())
    return std::nullopt;
  for (auto kind : decltype(table)::keys()) {
    const auto& known = table[kind].waiting;
    if (std::find(known.begin(), known.end(), reason) != known.end())
      return kind;
  }
  // Other container runtimes may have more of these.
  if (reason.find("ImagePull") != std::string_view::npos)
    return trouble_kind::image_pull_error;
  return std::nullopt;
}

std::string detail_of_waiting(trouble_kind kind, const container_seen& c,
                              const std::string& test_files) {
  auto message = cut(c.waiting_message);
  if (kind == trouble_kind::configuration_error)
    return with_expected_config_map(c.waiting_reason ==
                                            "CreateContainerConfigError"
                                        ? message
                                        : c.waiting_reason + ": " + message,
                                    test_files);
  return message.empty() && kind == trouble_kind::image_pull_error
             ? c.waiting_reason
             : message;
}

/// Whether Locust itself ended, as opposed to being killed or never started.
bool is_locust_verdict(const container_seen& c) {
  return c.exit_code && !signal_of(*c.exit_code) && c.exit_reason == "Error";
}

std::string with_last_words(const std::string& message) {
  auto words = last_words(message);
  return words.empty() ? "" : ": " + words;
}

std::optional<pod_trouble> trouble_of(const container_seen& c, bool is_verdict,
                                      bool deleting,
                                      const std::string& test_files) {
  if (auto kind = kind_of_waiting(c.waiting_reason))
    return pod_trouble{*kind, detail_of_waiting(*kind, c, test_files)};
  // Containers of a pod that is being deleted are killed.
  if (c.exit_code.value_or(0) == 0 || c.sidecar || deleting || is_verdict)
    return std::nullopt;
  return pod_trouble{c.init ? trouble_kind::initialization_error
                            : trouble_kind::crash_loop_back_off,
                     cut("Container " + c.name + " exited with code " +
                         std::to_string(*c.exit_code) + ": " + c.exit_reason +
                         with_last_words(c.exit_message))};
}

/// Whether the container was added to the pod by others, and does not keep
/// Locust from running. How it ends is their business.
bool is_of_others(const container_seen& c, const container_seen* locust) {
  if (c.init || locust == nullptr || &c == locust)
    return false;
  return c.exit_code || locust->running || locust->exit_code;
}

bool ends_with_config_map(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text.ends_with("onfigMap") || text.ends_with("onfigmap");
}

} // namespace

const container_seen* locust_container(const pod_seen& pod) {
  if (!pod.owner)
    return nullptr;
  auto at = std::find_if(
      pod.containers.begin(), pod.containers.end(),
      [&](const auto& c) { return !c.init && c.name == pod.owner->name; });
  return at == pod.containers.end() ? nullptr : &*at;
}

std::optional<int32_t> signal_of(int32_t exit_code) {
  constexpr int32_t base = 128;
  constexpr int32_t last_signal = 64; // SIGRTMAX on Linux
  if (exit_code <= base || exit_code > base + last_signal)
    return std::nullopt;
  return exit_code - base;
}

std::string_view to_string(trouble_kind kind) {
  return table[kind].name;
}

std::string with_expected_config_map(const std::string& message,
                                     const std::string& expected) {
  auto at = message.find('"' + expected + '"');
  if (!expected.empty() && at != std::string::npos &&
      ends_with_config_map(std::string_view(message).substr(0, at)))
    return "ConfigMap not found (expected: " + expected + "). " + message;
  return message;
}

std::optional<pod_trouble> trouble_of_pod(const pod_seen& pod, bool is_master,
                                          const std::string& test_files) {
  if (!pod.disruption.empty())
    return pod_trouble{trouble_kind::pod_lost, cut(pod.disruption)};
  if (pod.phase == pod_phase::failed && !pod.reason.empty())
    return pod_trouble{trouble_kind::pod_lost,
                       cut(pod.reason + ": " + pod.message)};
  if (pod.reason == "NodeLost" || pod.phase == pod_phase::unknown)
    return pod_trouble{trouble_kind::pod_lost,
                       "node " + pod.node + " is not responding"};
  if (pod.unscheduled)
    return pod_trouble{trouble_kind::scheduling_error, cut(*pod.unscheduled)};
  const auto* locust = locust_container(pod);
  for (const auto& c : pod.containers) {
    if (is_of_others(c, locust))
      continue;
    bool is_verdict = is_master && &c == locust && is_locust_verdict(c);
    if (auto found = trouble_of(c, is_verdict, pod.deleting, test_files))
      return found;
  }
  return std::nullopt;
}

} // namespace locust
