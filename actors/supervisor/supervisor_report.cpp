#include "actors/supervisor/master_address.hpp"
#include "actors/supervisor/run_result.hpp"
#include "actors/supervisor/supervisor_core.hpp"

#include <utility>

// The part of supervisor_core about the result of the run and its report.

namespace locust {

using namespace lifecycle;

void supervisor_core::carry_out(const collect_report&) {
  if (report_from_)
    return; // the answer is awaited
  auto master = master_to_follow(state_, observed_, web_, rules_.access);
  report_lost_ = !rules_.keeps_reports || !master || master->web_url.empty();
  if (report_lost_)
    return;
  report_from_ = master->web_url;
  report_dropped_ = false;
  // Incomplete is better than none.
  bool leaves_soon = web_.stays && *web_.stays < 2 * settling_time;
  effects_.emplace_back(effect::keep_report{
      *report_from_, leaves_soon ? std::chrono::seconds() : settling_time});
}

/// A report that was being collected when the operator was restarted, and that
/// nobody can collect now.
void supervisor_core::give_up_report() {
  if (std::exchange(report_lost_, false))
    apply(fact::report_settled{
        {},
        {},
        "the operator was restarted while it was collected, and cannot ask the "
        "Locust master now"});
}

/// Another pod may get the address of a master that has ended.
void supervisor_core::drop_report_unless(
    const std::optional<followed_master>& master) {
  bool ended = !master || master->web_url != report_from_;
  if (!asks_for_report() || !ended)
    return;
  report_dropped_ = true;
  effects_.emplace_back(effect::drop_report{});
}

/// The figures of a master that is replaced are not those of the run.
void supervisor_core::follow_load(const lifecycle_fact& fact) {
  const auto* lost = std::get_if<fact::child_deleted>(&fact);
  const auto* held = std::get_if<fact::suspended>(&fact);
  if ((lost != nullptr && lost->child == child_kind::master_job) ||
      (held != nullptr && held->master))
    ledger_.clear();
  const auto* end = std::get_if<fact::ended>(&fact);
  if (end != nullptr && std::holds_alternative<ended>(state_.at) &&
      !live_.result)
    take_result(*end);
}

/// Keeps what the load came to, before the status of the end is rendered.
void supervisor_core::take_result(const fact::ended& end) {
  const auto& uid = state_.run.children[child_kind::master_job];
  live_.result = std::make_shared<const std::string>(
      result_text({state_.run, end, now_, ledger_, observed_.newest_pod_of(uid),
                   settings_.reach.why_not}));
}

supervisor_effects
supervisor_core::on_report_settled(const report_result& found, timestamp now) {
  begin_input(now);
  report_from_.reset();
  apply(fact::report_settled{found.config_map, found.omitted, found.message});
  reconcile();
  return take_effects();
}

} // namespace locust
