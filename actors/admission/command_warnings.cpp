#include "actors/admission/command_warnings.hpp"

#include "actors/admission/locust_options.hpp"
#include "actors/admission/mount_path.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace locust {

namespace {

constexpr locust_option processes = {"--processes", "", "LOCUST_PROCESSES"};
constexpr locust_option locustfile = {"--locustfile", "-f",
                                      "LOCUST_LOCUSTFILE"};
constexpr locust_option run_time = {"--run-time", "-t", "LOCUST_RUN_TIME"};
constexpr locust_option autoquit = {"--autoquit", "", "LOCUST_AUTOQUIT"};
constexpr locust_option autostart = {"--autostart", "", "LOCUST_AUTOSTART"};
constexpr locust_option headless = {"--headless", "", "LOCUST_HEADLESS"};
constexpr locust_option headful = {"--headful", "", "LOCUST_HEADFUL"};

std::string joined(const words& all) {
  std::string result;
  for (const auto& word : all)
    result += (result.empty() ? "" : ", ") + word;
  return result;
}

// -- the words of a command ---------------------------------------------------

/// Whether `word` starts Locust in an image without its own entrypoint. Images
/// of Locust have one, so it would be an argument.
bool is_program(std::string_view word) {
  constexpr std::array<std::string_view, 5> programs = {
      "locust", "python", "python3", "sh", "bash"};
  word.remove_prefix(word.rfind('/') + 1);
  return std::find(programs.begin(), programs.end(), word) != programs.end();
}

void add_oddities(const role_spec& role, const std::string& path,
                  findings& found) {
  auto odd = oddities_of(role.command);
  if (!odd.comment.empty())
    found.warning(path + ".command has a \"#\" at " + odd.comment +
                  ": a command has no comments, so Locust gets it and the "
                  "words after it as arguments");
  if (!odd.lost_backslash.empty())
    found.warning("the backslash in " + path + ".command at " +
                  odd.lost_backslash +
                  " disappears, as in a shell: to keep it, write two, or put "
                  "the argument in single quotes");
}

void add_word_warnings(const role_spec& role, const std::string& path,
                       findings& found) {
  if (!role.seed.empty() && is_program(role.seed.front()))
    found.warning(path + ".command begins with the word " +
                  in_quotes(role.seed.front()) +
                  ": the image already runs locust, which takes the word as "
                  "the name of a user class");
  if (auto flags = managed_flags_in(role.seed); !flags.empty())
    found.warning(path + ".command has flags that the operator overrides: " +
                  joined(flags));
  if (auto flags = managed_flags_in(role.extra_args); !flags.empty())
    found.warning(path + ".extraArgs overrides flags that the operator sets: " +
                  joined(flags));
}

// -- what the options mean ----------------------------------------------------

/// Locust reads 0, 0s and the like as no limit.
bool is_zero(std::string_view value) {
  return value.find_first_of("123456789$") == std::string_view::npos;
}

/// Locust ends a master that has it, or lets it fork workers.
void add_processes(const locust_options& master, findings& found) {
  auto given = master.value_of(processes);
  if (!given || is_zero(given->value))
    return;
  if (given->place.starts_with("spec.master"))
    found.warning(given->place +
                  " has --processes, which a Locust master must not have: use "
                  "spec.worker.replicas, or --processes in "
                  "spec.worker.command");
  else
    found.warning("LOCUST_PROCESSES (" + given->place +
                  ") reaches the master, too, which must not have it: set "
                  "--processes in spec.worker.command instead");
}

/// The kubelet mounts a ConfigMap as links into a folder beside them, and
/// Locust searches that folder, too.
void add_folders(const locust_options& options, const test_files_spec& files,
                 findings& found) {
  auto given = options.value_of(locustfile);
  if (!given)
    return;
  auto is_mount = [&](std::string_view map, std::string_view path,
                      const std::string& folder) {
    return !map.empty() && clean_path(path) == folder;
  };
  std::string_view rest = given->value;
  while (!rest.empty()) {
    auto comma = std::min(rest.find(','), rest.size());
    auto name = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    // Relative names depend on the image.
    if (!name.starts_with('/'))
      continue;
    auto folder = clean_path(name);
    if (is_mount(files.config_map, files.source_path, folder) ||
        is_mount(files.lib_config_map, files.lib_path, folder))
      found.warning("the locustfile " + in_quotes(name) + " (" + given->place +
                    ") is the folder of a ConfigMap, in which Locust finds "
                    "every file twice and refuses duplicate classes: name the "
                    "files instead");
  }
}

/// `--autoquit` only waits after the end of a load that `--autostart` began.
/// Without one of them, Locust keeps its web UI, which the user has asked for.
void add_endless(const spec_values& spec, const locust_options& master,
                 findings& found) {
  bool has_ui = !master.is_on(headless) || master.is_on(headful);
  bool starts = spec.run.autostart || master.is_on(autostart);
  bool quits = (spec.run.autostart && spec.run.autoquit) ||
               master.value_of(autoquit).has_value();
  if (master.may_have_others() || (has_ui && !(starts && quits)))
    return;
  auto limit = master.value_of(run_time);
  if (!limit || is_zero(limit->value))
    found.warning("spec.master has no --run-time, and --autoquit alone ends no "
                  "load: the test ends only if a LoadTestShape or the "
                  "locustfile itself ends it");
}

} // namespace

void add_command_warnings(const spec_values& spec, findings& found) {
  for (auto of : {role::master, role::worker}) {
    std::string path = of == role::master ? "spec.master" : "spec.worker";
    add_oddities(spec.of(of), path, found);
    add_word_warnings(spec.of(of), path, found);
  }
  locust_options master(spec, role::master);
  add_processes(master, found);
  add_folders(master, spec.test_files, found);
  add_folders(locust_options(spec, role::worker), spec.test_files, found);
  add_endless(spec, master, found);
}

} // namespace locust
