#include "actors/supervisor/story.hpp"

#include "actors/logging/object_line.hpp"

#include <string_view>

namespace locust {

namespace {

constexpr std::string_view logger = "supervisor";

} // namespace

void tell_fact(const locust_test& test, const lifecycle_fact& fact,
               const std::string& before, const lifecycle::state& state,
               bool notable) {
  // A deletion is in no status, but in the story.
  bool told = notable || std::holds_alternative<deletion_seen>(fact);
  log_line_of(told ? spdlog::level::info : spdlog::level::debug,
              {logger, test.key, test.uid, describe(fact), kind_of(fact),
               before, phase_name(state)});
}

void tell_trouble(const locust_test& test, const std::string& words) {
  log_line_of(spdlog::level::warn, {logger, test.key, test.uid, words});
}

void tell_defect(const locust_test& test, const std::string& words) {
  log_line_of(spdlog::level::err,
              {logger, test.key, test.uid,
               words + "; this is a defect of the operator"});
}

} // namespace locust
