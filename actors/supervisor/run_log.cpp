#include "actors/supervisor/run_log.hpp"

#include "actors/logging/object_line.hpp"

namespace locust {

namespace {

constexpr std::string_view logger = "supervisor";

} // namespace

void log(const supervisor_core& of, const effect::log_fact& what) {
  const auto& fact = what.event.fact;
  // A deletion is not shown in the status, but is part of the log of the test.
  bool notable = what.notable || std::holds_alternative<fact::deleting>(fact);
  log_line_of(notable ? spdlog::level::info : spdlog::level::debug,
              {logger, of.key(), of.uid(), describe(fact), kind_of(fact),
               what.before, what.after});
}

void log(const supervisor_core& of, const effect::log_restored&) {
  auto count = of.state().history.size();
  if (count == 0)
    return; // a new test
  log_line_of(spdlog::level::debug,
              {logger, of.key(), of.uid(),
               "restored the state from " + std::to_string(count) +
                   (count == 1 ? " history entry" : " history entries")});
}

void log(const supervisor_core& of, const effect::log_warning& what) {
  log_line_of(spdlog::level::warn, {logger, of.key(), of.uid(), what.words});
}

void log(const supervisor_core& of, const effect::log_defect& what) {
  log_line_of(spdlog::level::err,
              {logger, of.key(), of.uid(),
               what.words + "; this is a bug in the operator"});
}

} // namespace locust
