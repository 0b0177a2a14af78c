#include "test/simulation/story.hpp"

#include <iomanip>
#include <iostream>

namespace locust::simulation {

namespace {

std::string describe(const job_seen& job) {
  return " active " + std::to_string(job.active) + " ready " +
         std::to_string(job.ready) + " verdict " +
         std::to_string(static_cast<int>(job.verdict)) +
         (job.ending ? " ending" : "") + (job.deleting ? " deleting" : "");
}

std::string describe(const pod_seen& pod) {
  auto text = " phase " + std::to_string(static_cast<int>(pod.phase)) +
              (pod.deleting ? " deleting" : "");
  for (const auto& c : pod.containers)
    if (c.exit_code)
      text += ' ' + c.name + " exit " + std::to_string(*c.exit_code);
  return text;
}

} // namespace

void story::log(const std::string& text) {
  if (!is_told_)
    return;
  bool is_cluster = text.starts_with("---");
  std::cout << to_rfc3339_micro(time_.now()).substr(11, 15) << "  "
            << std::setw(13) << std::left << (is_cluster ? "" : speaker) << ' '
            << text << '\n';
}

void story::log(const observation& what) {
  if (!is_told_)
    return;
  if (const auto* there = std::get_if<present>(&what)) {
    auto text =
        "sees " + key_of(*there->object).name + ' ' + uid_of(*there->object);
    if (const auto* job = std::get_if<job_seen>(there->object.get()))
      text += describe(*job);
    if (const auto* pod = std::get_if<pod_seen>(there->object.get()))
      text += describe(*pod);
    log(text);
  } else if (const auto* absent = std::get_if<gone>(&what)) {
    log("sees that " + absent->key.name + ' ' + absent->uid + " is gone" +
        (absent->last ? "" : " (not in a list)"));
  } else {
    log("has listed " + std::string(to_string(std::get<listed>(what).kind)));
  }
}

void story::log(const child_result& what) {
  if (is_told_)
    log("answer about " + std::string(to_string(what.child)) + ": outcome " +
        std::to_string(static_cast<int>(what.what)) + ' ' + what.uid +
        what.message);
}

void story::log(const lifecycle_event& event, const lifecycle::state& after,
                const commands& done) {
  if (!is_told_)
    return;
  log("  * " + std::string(kind_of(event.fact)) + ": " +
      locust::describe(event.fact) + " [" +
      std::string(lifecycle::phase_name(after)) + ']');
  for (const auto& c : done)
    log("    -> " + locust::describe(c));
}

} // namespace locust::simulation
