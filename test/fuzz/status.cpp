#include "actors/supervisor/status_document.hpp"
#include "protocol/json.hpp"
#include "test/fuzz/fuzz.hpp"

// Reads the state of a test from a status that anyone may have edited.

using namespace locust;

namespace {

stored_status read_again(const stored_status& found) {
  auto again = read_status(render_status(found.state, found.run_spec));
  fuzz::check(again.has_value(), "a written status is JSON");
  fuzz::check(again->problem.empty(),
              "a written status can be read: " + again->problem);
  return std::move(*again);
}

void check_same(const stored_status& a, const stored_status& b) {
  fuzz::check(same_meaning(a.state, b.state),
              "a written status has the same state");
  fuzz::check(a.state.history == b.state.history,
              "a written status has the same history");
}

bool has_history(const json::value& status) {
  const auto* items = json::find(status, {"history"});
  return items != nullptr && items->IsArray() && !items->Empty();
}

/// No test runs twice, even if its history is damaged.
void check_memory(const json::value& status, const lifecycle::state& s) {
  auto phase = json::string_at(status, {"phase"});
  if (s.history.empty() && (phase == "Succeeded" || phase == "Failed"))
    fuzz::check(std::holds_alternative<lifecycle::ended>(s.at),
                "an ended test stays ended");
}

} // namespace

void fuzz::try_input(std::string_view text) {
  auto found = read_status(text);
  if (!found) {
    fuzz::check_sentence(found.error().message, "status");
    return;
  }
  if (!found->problem.empty())
    fuzz::check_sentence(found->problem, "status.history");
  auto status = json::parse(text);
  check_memory(*status, found->state);
  auto again = read_again(*found);
  if (found->problem.empty() && has_history(*status))
    check_same(*found, again);
  check_same(again, read_again(again));
}
