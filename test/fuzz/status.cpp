#include "actors/supervisor/status_document.hpp"
#include "protocol/json.hpp"
#include "test/fuzz/fuzz.hpp"

// The state of a test, from a status that anybody may have edited.

using namespace locust;

namespace {

stored_status read_again(const stored_status& found) {
  auto again = read_status(render_status(found.state, found.run_spec));
  fuzz::check(again.has_value(), "what is written is JSON");
  return std::move(*again);
}

void check_round_trip(const stored_status& found) {
  auto again = read_again(found);
  fuzz::check(again.problem.empty(),
              "what is written can be read: " + again.problem);
  fuzz::check(same_meaning(again.state, found.state),
              "what is written is read as the same state");
  fuzz::check(again.state.history == found.state.history,
              "what is written is read as the same history");
}

/// No test is run twice, whatever became of its history.
void check_memory(const json::value& status, const lifecycle::state& s) {
  auto phase = json::string_at(status, {"phase"});
  if (s.history.empty() && (phase == "Succeeded" || phase == "Failed"))
    fuzz::check(std::holds_alternative<lifecycle::ended>(s.at),
                "what is over stays over");
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
  check_memory(*json::parse(text), found->state);
  check_round_trip(*found);
}
