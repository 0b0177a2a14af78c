#include "protocol/lifecycle_event.hpp"

#include <array>

namespace locust {

namespace {

std::string noun(child_kind child) {
  return std::string(resource_of(child).kind);
}

std::string plural(int32_t n, std::string_view word) {
  return std::to_string(n) + ' ' + std::string(word) + (n == 1 ? "" : "s");
}

constexpr std::array<std::string_view, 6> stage_words = {
    "The Locust master is starting",
    "The Locust master waits for its workers",
    "The Locust master waits for a start in its web UI",
    "The Locust master makes load",
    "The Locust master has stopped the load",
    "The Locust master cannot be asked, so its state is unknown"};

struct describer {
  std::string operator()(const fact::accepted& f) const {
    return "Accepted a run with " + plural(f.workers, "worker");
  }

  std::string operator()(const fact::taken_over& f) const {
    return "Migrated a run without a history; its Service and Jobs were " +
           (f.start_time ? "created at " + to_rfc3339(*f.start_time)
                         : std::string("not all created"));
  }

  std::string operator()(const fact::child_created& f) const {
    return (f.adopted ? "Adopted " : "Created ") + noun(f.child) + ' ' + f.name;
  }

  std::string operator()(const fact::create_failed& f) const {
    // A fault of the spec has nothing to do with the child that is next.
    if (f.unsent)
      return f.message;
    return "Could not create " + noun(f.child) + ' ' + f.name + ": " +
           f.message;
  }

  std::string operator()(const fact::name_conflict& f) const {
    if (f.deleting)
      return noun(f.child) + ' ' + f.name +
             " of an earlier run is still being deleted";
    return noun(f.child) + ' ' + f.name + " exists and belongs to " + f.owner;
  }

  std::string operator()(const fact::retrying&) const {
    return "Retrying to create missing resources";
  }

  std::string operator()(const fact::earlier_pods& f) const {
    return f.names.empty()
               ? "The pods of an earlier LocustTest with this name have ended"
               : "Waiting until pods of an earlier LocustTest with this name "
                 "have ended: " +
                     f.names;
  }

  std::string operator()(const fact::child_deleted& f) const {
    return noun(f.child) + ' ' + f.name + " was deleted externally";
  }

  std::string operator()(const fact::running&) const {
    return "The Locust container of the master runs";
  }

  std::string operator()(const fact::test_started& f) const {
    return "The Locust master in pod " + f.pod +
           (f.node.empty() ? "" : " on node " + f.node) + " makes load" +
           (f.estimated ? " (an estimate: all worker pods are ready)" : "");
  }

  std::string operator()(const fact::load_changed& f) const {
    return std::string(stage_words[static_cast<size_t>(f.stage)]);
  }

  std::string operator()(const fact::report_settled& f) const {
    if (f.config_map.empty())
      return "No report was kept: " + f.message;
    return "The report of the run is in ConfigMap " + f.config_map +
           (f.message.empty() ? "" : "; " + f.message);
  }

  std::string operator()(const fact::workers_connected& f) const {
    switch (f.source) {
    case worker_source::ready_pods:
      return plural(f.connected, "worker pod") + " ready, an estimate of the "
                                                 "connected workers";
    case worker_source::unreachable:
      return "The number of connected workers is unknown; " +
             plural(f.connected, "worker pod") + " ready";
    case worker_source::none:
    case worker_source::master:
    case worker_source::go_operator:
      break;
    }
    return plural(f.connected, "worker") + " connected" +
           (f.pods ? ", in " + plural(*f.pods, "pod") : "");
  }

  std::string operator()(const fact::suspended& f) const {
    return (f.jobs.find(',') == std::string::npos ? "Suspended: Job "
                                                  : "Suspended: Jobs ") +
           f.jobs;
  }

  std::string operator()(const fact::continued&) const {
    return "No Job is suspended any more";
  }

  std::string operator()(const fact::pods_failing& f) const {
    return f.message;
  }

  std::string operator()(const fact::pods_healthy& f) const {
    return f.all_running ? "All pods are healthy"
                         : "All problems with pods are resolved";
  }

  std::string operator()(const fact::spec_edited& f) const {
    return f.drifted
               ? "The spec was edited; the run continues with its original spec"
               : "The spec was edited back to the original spec of the run";
  }

  std::string operator()(const fact::ended& f) const {
    if (f.cause != end_cause::master_completed)
      return f.message;
    return "The test completed successfully" +
           (f.message.empty() ? "" : "; " + f.message);
  }

  std::string operator()(const fact::deleting&) const {
    return "The LocustTest is being deleted";
  }

  std::string operator()(const fact::unknown& f) const {
    return "An event that a newer version of the operator wrote: " + f.kind;
  }

  std::string operator()(const fact::resumed&) const {
    return "The operator resumed the run";
  }

  std::string operator()(const fact::stored& f) const {
    return "Stored revision " + std::to_string(f.revision) + " of the status";
  }
};

} // namespace

std::string describe(const lifecycle_fact& fact) {
  return std::visit(describer{}, fact);
}

} // namespace locust
