#include "actors/supervisor/lifecycle.hpp"

#include "protocol/condition_names.hpp"

namespace locust::lifecycle {

static_assert(condition_names.size() == condition_count);

namespace {

struct phase_namer {
  std::string_view operator()(const unseen&) const {
    return {};
  }

  std::string_view operator()(const creating&) const {
    return "Pending";
  }

  std::string_view operator()(const launched&) const {
    return "Pending";
  }

  std::string_view operator()(const running&) const {
    return "Running";
  }

  std::string_view operator()(const ended& p) const {
    return p.cause == end_cause::master_completed ? "Succeeded" : "Failed";
  }

  std::string_view operator()(const departing&) const {
    return {}; // never written
  }
};

/// The reason without the verdict, which the text of the Event states already.
std::string_view without_verdict(std::string_view message) {
  constexpr std::string_view verdict = "Test failed: ";
  if (message.substr(0, verdict.size()) == verdict)
    message.remove_prefix(verdict.size());
  return message;
}

/// docs/behaviour/lifecycle.md#events.
struct event_builder {
  using maybe_event = std::optional<publish_event>;

  const per_child<std::string>& created;

  maybe_event operator()(const fact::child_created&) const {
    std::string all;
    for (const auto& row : child_rows)
      if (const auto& name = created[row.kind]; !name.empty())
        all += (all.empty() ? "" : ", ") +
               std::string(resource_of(row.kind).kind) + ' ' + name;
    if (all.empty())
      return std::nullopt;
    return publish_event{severity::normal, "Created", "Created " + all};
  }

  maybe_event operator()(const fact::create_failed& f) const {
    return publish_event{severity::warning, "CreateFailed", describe(f)};
  }

  maybe_event operator()(const fact::name_conflict& f) const {
    if (f.leftover)
      return std::nullopt;
    return publish_event{severity::warning, "NameConflict", describe(f)};
  }

  maybe_event operator()(const fact::child_deleted& f) const {
    return publish_event{severity::warning, "ResourceDeleted",
                         std::string(row_of(f.child).title) + ' ' + f.name +
                             " was deleted externally and will be recreated"};
  }

  maybe_event operator()(const fact::test_started& f) const {
    return publish_event{severity::normal, "TestStarted",
                         f.estimated ? "Load test started (an estimate: all "
                                       "worker pods are ready)"
                                     : "Load test started"};
  }

  maybe_event operator()(const fact::pods_failing& f) const {
    if (f.same_kind)
      return std::nullopt;
    return publish_event{severity::warning, "PodFailure", f.message};
  }

  maybe_event operator()(const fact::ended& f) const {
    if (f.cause == end_cause::master_completed)
      return publish_event{severity::normal, "TestCompleted",
                           "Load test completed successfully" +
                               (f.message.empty() ? "" : "; " + f.message)};
    return publish_event{severity::warning, "TestFailed",
                         "Load test failed: " +
                             std::string(without_verdict(f.message))};
  }

  template <class Fact>
  maybe_event operator()(const Fact&) const {
    return std::nullopt; // shown in the status only
  }
};

} // namespace

std::string_view to_string(truth status) {
  switch (status) {
  case truth::yes:
    return "True";
  case truth::no:
    return "False";
  case truth::unknown:
    break;
  }
  return "Unknown";
}

std::string_view to_string(condition_type type) {
  return condition_names[static_cast<size_t>(type)];
}

std::string_view phase_name(const state& s) {
  return std::visit(phase_namer{}, s.at);
}

bool is_creating(const state& s) {
  return std::holds_alternative<creating>(s.at);
}

bool is_departing(const state& s) {
  return std::holds_alternative<departing>(s.at);
}

bool is_settled(const state& s) {
  return std::holds_alternative<ended>(s.at) && s.stored_revision >= s.revision;
}

std::optional<child_kind> next_child(const state& s) {
  for (const auto& row : child_rows)
    if (s.run.children[row.kind].empty())
      return row.kind;
  return std::nullopt;
}

const condition* find(const state& s, condition_type type) {
  const auto& slot = s.conditions[type];
  return slot ? &*slot : nullptr;
}

std::optional<publish_event>
announcement_for(const history_entry& entry,
                 const per_child<std::string>& created) {
  auto made = std::visit(event_builder{created}, entry.event.fact);
  if (made)
    made->sequence = entry.sequence;
  return made;
}

} // namespace locust::lifecycle
