#include "actors/supervisor/run_log.hpp"

#include "actors/logging/object_line.hpp"

namespace locust {

namespace {

constexpr std::string_view logger = "supervisor";

} // namespace

void log(const supervisor_core& of, const effect::log_fact& what) {
  const auto& fact = what.event.fact;
  // A deletion is in no status, but it is part of the test's life.
  bool told = what.notable || std::holds_alternative<fact::deleting>(fact);
  log_line_of(told ? spdlog::level::info : spdlog::level::debug,
              {logger, of.key(), of.uid(), describe(fact), kind_of(fact),
               what.before, what.after});
}

void log(const supervisor_core& of, const effect::log_restored&) {
  auto count = of.state().history.size();
  log_line_of(spdlog::level::debug,
              {logger, of.key(), of.uid(),
               "restored from a stored history of " + std::to_string(count) +
                   (count == 1 ? " entry" : " entries")});
}

void log(const supervisor_core& of, const effect::log_warning& what) {
  log_line_of(spdlog::level::warn, {logger, of.key(), of.uid(), what.words});
}

void log(const supervisor_core& of, const effect::log_defect& what) {
  log_line_of(spdlog::level::err,
              {logger, of.key(), of.uid(),
               what.words + "; this is a defect of the operator"});
}

} // namespace locust
