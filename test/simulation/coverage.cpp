#include "test/simulation/coverage.hpp"

#include <algorithm>
#include <initializer_list>
#include <iomanip>
#include <stdexcept>
#include <string>

namespace locust::simulation {

namespace {

constexpr std::array<std::string_view, run_states> state_names = {
    "unseen",  "creating", "recreating", "launched",
    "running", "ended",    "departing"};

/// States, as bits.
using state_set = unsigned;

constexpr state_set set_of(std::initializer_list<run_state> states) {
  state_set all = 0;
  for (auto each : states)
    all |= 1U << static_cast<unsigned>(each);
  return all;
}

struct row {
  std::string_view name;
  /// In which it cannot happen, or only in the moment before the operator
  /// notices what has led to it.
  state_set impossible = 0;
};

/// Nothing exists yet that it could be done to, or nothing is left.
constexpr auto no_children = set_of({run_state::unseen, run_state::departing});
constexpr auto no_test = set_of({run_state::departing});
constexpr auto no_status = no_children;
/// The worker Job is the last that is created, and pods come after that.
constexpr auto no_workers = no_children | set_of({run_state::creating});
/// The Jobs have ended or are suspended.
constexpr auto no_active_jobs = no_children | set_of({run_state::ended});
constexpr auto no_pods = no_workers | set_of({run_state::ended});
/// A loss of the Service alone leaves pods of workers.
constexpr auto lasting_pods = no_pods | set_of({run_state::recreating});
/// The Service exists.
constexpr auto has_service =
    set_of({run_state::launched, run_state::running, run_state::departing});

/// Jobs are created then.
constexpr auto all_but_creation =
    set_of({run_state::unseen, run_state::launched, run_state::running,
            run_state::ended, run_state::departing});

constexpr std::array rows = {
    row{"orderly restart"},
    row{"kill -9"},
    row{"kill -9 before an effect"},
    row{"freeze"},
    row{"clock step"},
    row{"watch interrupted"},
    row{"network cut"},
    row{"answers lost"},
    row{"creation unanswered", all_but_creation},
    row{"API server failing"},
    row{"statuses refused"},
    row{"quota clash"},
    row{"Jobs forbidden"},
    row{"pods forbidden"},
    row{"Lease deleted"},
    row{"Lease taken"},
    row{"renewals lost"},
    row{"history lost", no_status},
    row{"deletion", no_test},
    row{"foreground deletion", no_test},
    row{"deletion with a finalizer", no_test},
    row{"delete the Service", no_children},
    row{"delete the master Job", no_children},
    row{"delete the worker Job", no_workers},
    row{"delete the master Job in foreground", no_children},
    row{"delete the worker Job in foreground", no_workers},
    row{"delete the master pod", no_active_jobs},
    row{"delete a worker pod", lasting_pods},
    row{"edit the spec", no_test},
    row{"edit the spec back", no_test | set_of({run_state::unseen})},
    row{"make a foreign Service", has_service},
    row{"remove the foreign Service",
        has_service | set_of({run_state::unseen})},
    row{"add a condition", no_status},
    row{"edit the status", no_status},
    row{"suspend the master", no_active_jobs},
    row{"suspend the workers", no_pods},
    row{"resume the Jobs", no_children},
};

constexpr int name_width = 37;
constexpr int count_width = 11;

} // namespace

run_state run_state_of(const lifecycle::state& s) {
  struct {
    run_state operator()(const lifecycle::unseen&) const {
      return run_state::unseen;
    }
    run_state operator()(const lifecycle::creating& p) const {
      return p.again ? run_state::recreating : run_state::creating;
    }
    run_state operator()(const lifecycle::launched&) const {
      return run_state::launched;
    }
    run_state operator()(const lifecycle::running&) const {
      return run_state::running;
    }
    run_state operator()(const lifecycle::ended&) const {
      return run_state::ended;
    }
    run_state operator()(const lifecycle::departing&) const {
      return run_state::departing;
    }
  } of;
  return std::visit(of, s.at);
}

coverage::coverage() : counts_(rows.size()) {
  // nop
}

void coverage::met(std::string_view what, run_state at) {
  const auto* found =
      std::find_if(rows.begin(), rows.end(),
                   [&](const auto& each) { return each.name == what; });
  if (found == rows.end())
    throw std::logic_error("no such disturbance: " + std::string(what));
  auto index = static_cast<size_t>(found - rows.begin());
  ++counts_[index][static_cast<size_t>(at)];
  met_.emplace(what);
}

void coverage::print(std::ostream& out) const {
  out << std::left << std::setw(name_width) << "met by the state of the run:";
  for (auto name : state_names)
    out << std::right << std::setw(count_width) << name;
  for (size_t i = 0; i < rows.size(); ++i) {
    out << '\n' << std::left << std::setw(name_width) << rows[i].name;
    for (size_t at = 0; at < run_states; ++at) {
      bool never = counts_[i][at] == 0 && (rows[i].impossible >> at & 1U) != 0;
      out << std::right << std::setw(count_width)
          << (never ? "-" : std::to_string(counts_[i][at]));
    }
  }
  out << '\n';
}

std::vector<std::string> coverage::gaps() const {
  std::vector<std::string> all;
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t at = 0; at < run_states; ++at)
      if (counts_[i][at] == 0 && (rows[i].impossible >> at & 1U) == 0)
        all.push_back('"' + std::string(rows[i].name) + "\" never met \"" +
                      std::string(state_names[at]) + '"');
  return all;
}

} // namespace locust::simulation
