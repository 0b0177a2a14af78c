#include "actors/supervisor/status_document.hpp"

#include "protocol/json.hpp"
#include "protocol/json/members.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace locust {

namespace {

using namespace lifecycle;

/// Nearly every LocustTest has generation 1; only others are written.
constexpr int64_t usual_generation = 1;
constexpr const char* generation_field = "generation";
constexpr const char* message_field = "message";

/// Maximum length of `detail` of an entry, in bytes: `data`, and usually a
/// condition, has the full text.
constexpr size_t detail_limit = 256;

std::string_view view(const json::value& text) {
  return {text.GetString(), text.GetStringLength()};
}

/// Writes all members of `object` but its report.
void put_members(json::writer& out, const json::value& object) {
  for (const auto& member : object.GetObject())
    if (view(member.name) != "report")
      json::put_whole(out, view(member.name), &member.value);
}

class status_writer {
public:
  explicit status_writer(json::writer& out) : out_(out) {
    // nop
  }

  void write(const state& s, const packed_spec& run_spec,
             const live_status& live) {
    out_.StartObject();
    text("phase", phase_name(s));
    number("observedGeneration", s.observed_generation);
    number("expectedWorkers", s.run.expected_workers);
    number("connectedWorkers", s.run.connected);
    if (s.run.start_time)
      text("startTime", to_rfc3339(*s.run.start_time));
    const auto* end = std::get_if<ended>(&s.at);
    if (end != nullptr)
      text("completionTime", to_rfc3339(end->at));
    text("specHash", s.run.spec_hash);
    if (end == nullptr && !run_spec.plain.empty())
      text("runSpec", run_spec.plain);
    if (end == nullptr && !run_spec.compressed.empty())
      text("compressedRunSpec", run_spec.compressed);
    if (live.load)
      raw("load", *live.load);
    if (live.result || s.run.report)
      write_result(live.result, s.run.report);
    write_conditions(s);
    write_history(s);
    out_.EndObject();
  }

private:
  void key(std::string_view name) {
    out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }

  void raw(std::string_view name, const std::string& object) {
    key(name);
    out_.RawValue(object.data(), object.size(), rapidjson::kObjectType);
  }

  void number(std::string_view name, int64_t value) {
    key(name);
    out_.Int64(value);
  }

  void write_result(const shared_text& result,
                    const std::optional<fact::report_settled>& report) {
    auto members = json::parse(result ? *result : "{}");
    json::put_object(out_, "result", [&] {
      if (members && members->IsObject())
        put_members(out_, *members);
      if (report)
        json::put_object(out_, "report", [&] { write_report(*report); });
    });
  }

  void write_report(const fact::report_settled& report) {
    json::put_unless_empty(out_, "configMap", report.config_map);
    if (!report.omitted.empty())
      json::put_list(out_, "omitted", [&] { write_names(report.omitted); });
    json::put_unless_empty(out_, "message", report.message);
  }

  /// Writes names that are joined by `, `.
  void write_names(std::string_view names) {
    constexpr std::string_view separator = ", ";
    auto end = names.find(separator);
    for (; end != std::string_view::npos; end = names.find(separator)) {
      json::put(out_, names.substr(0, end));
      names.remove_prefix(end + separator.size());
    }
    json::put(out_, names);
  }

  void write_conditions(const state& s) {
    key("conditions");
    out_.StartArray();
    for (auto type : lifecycle::conditions::keys()) {
      const auto& c = s.conditions[type];
      if (!c)
        continue;
      out_.StartObject();
      text("type", to_string(type));
      text("status", to_string(c->status));
      text("reason", c->reason);
      text("message", c->message);
      text("lastTransitionTime", to_rfc3339(c->last_transition));
      number("observedGeneration", c->observed_generation);
      out_.EndObject();
    }
    out_.EndArray();
  }

  void write_history(const state& s) {
    key("history");
    out_.StartArray();
    for (const auto& entry : s.history) {
      if (!entry.verbatim.empty()) {
        out_.RawValue(entry.verbatim.data(), entry.verbatim.size(),
                      rapidjson::kObjectType);
        continue;
      }
      out_.StartObject();
      number("sequence", static_cast<int64_t>(entry.sequence));
      text("time", to_rfc3339_micro(entry.event.at));
      text("kind", kind_of(entry.event.fact));
      auto detail = json::clean_text(describe(entry.event.fact), detail_limit);
      text("detail", detail);
      write_data(entry.event, detail);
      out_.EndObject();
    }
    out_.EndArray();
  }

  void write_data(const lifecycle_event& event, const std::string& detail) {
    auto data = encode(event.fact);
    // The longest texts are not stored twice; see `read_fact`.
    if (auto message = data.find(message_field);
        message != data.end() && message->second == detail)
      data.erase(message);
    if (event.generation != usual_generation)
      data.emplace(generation_field, std::to_string(event.generation));
    if (data.empty())
      return;
    key("data");
    out_.StartObject();
    for (const auto& [name, value] : data)
      text(name, value);
    out_.EndObject();
  }

  json::writer& out_;
};

/// The `detail` of a fact without a text of its own is its message.
result<lifecycle_fact> read_fact(const json::value& item, fact_data data) {
  auto kind = json::text_at(item, {"kind"});
  auto fact = decode_fact(kind, data);
  if (!fact || !describe(*fact).empty())
    return fact;
  data[message_field] = json::text_at(item, {"detail"});
  return decode_fact(kind, data);
}

/// Whether the entry or its `data` has fields that this version would not
/// write.
bool has_more(const json::value& item, const fact_data& data,
              const lifecycle_fact& fact) {
  constexpr std::array<std::string_view, 5> members = {
      "sequence", "time", "kind", "detail", "data"};
  for (const auto& member : item.GetObject())
    if (std::find(members.begin(), members.end(), view(member.name)) ==
        members.end())
      return true;
  auto known = encode(fact);
  return std::any_of(data.begin(), data.end(), [&](const auto& field) {
    return field.first != generation_field && !known.contains(field.first);
  });
}

result<history_entry> read_entry(const json::value& item, size_t index) {
  auto where = "status.history[" + std::to_string(index) + "]";
  auto at = parse_rfc3339(json::text_at(item, {"time"}));
  auto sequence = json::int_at(item, {"sequence"});
  if (!at || !sequence || *sequence < 1)
    return fail(errc::malformed,
                where + " has no valid time and sequence (1 or more)");
  fact_data data;
  int64_t generation = usual_generation;
  if (const auto* fields = json::find(item, {"data"});
      fields != nullptr && fields->IsObject())
    for (const auto& field : fields->GetObject())
      if (field.value.IsString())
        data.emplace(view(field.name), view(field.value));
  if (auto named = data.find(generation_field); named != data.end())
    std::from_chars(named->second.data(),
                    named->second.data() + named->second.size(), generation);
  auto known = read_fact(item, data);
  history_entry entry{static_cast<uint64_t>(*sequence),
                      {*at, generation, fact::unknown{}}};
  if (known)
    entry.event.fact = std::move(*known);
  else
    entry.event.fact = fact::unknown{json::text_at(item, {"kind"})};
  if (!known || has_more(item, data, entry.event.fact))
    entry.verbatim = json::dump(item);
  return entry;
}

result<std::vector<history_entry>> read_history(const json::value& status) {
  std::vector<history_entry> history;
  const auto* items = json::find(status, {"history"});
  if (items == nullptr || items->IsNull())
    return history;
  if (!items->IsArray())
    return fail(errc::malformed, "status.history is not a list");
  for (const auto& item : items->GetArray()) {
    auto entry = read_entry(item, history.size());
    if (!entry)
      return tl::unexpected<error>(entry.error());
    if (!history.empty() && entry->sequence <= history.back().sequence)
      return fail(
          errc::malformed,
          "status.history[" + std::to_string(history.size()) +
              "] has a sequence that is not greater than the previous one");
    history.push_back(std::move(*entry));
  }
  return history;
}

bool is_terminal(std::string_view phase) {
  return phase == "Succeeded" || phase == "Failed";
}

timestamp time_at(const json::value& status, std::string_view name) {
  return parse_rfc3339(json::text_at(status, {name})).value_or(timestamp{});
}

/// Returns the end that follows from the phase alone.
fact::ended end_by_phase(std::string_view phase) {
  if (phase == "Failed")
    return {end_cause::master_failed, {}, "Test failed"};
  return {};
}

/// Returns events for a run that has ended, from a status without a history.
std::vector<history_entry> history_without_entries(const json::value& status) {
  auto phase = json::text_at(status, {"phase"});
  if (!is_terminal(phase))
    return {};
  auto workers = static_cast<int32_t>(
      json::int_at(status, {"expectedWorkers"}).value_or(0));
  fact::accepted begin{json::text_at(status, {"specHash"}), workers, 0};
  return {{1, {time_at(status, "startTime"), usual_generation, begin}},
          {2,
           {time_at(status, "completionTime"), usual_generation,
            end_by_phase(phase)}}};
}

/// A run has ended when its phase says so, even if this version does not
/// understand the entry that gives the reason.
void end_unless_ended(state& s, const json::value& status) {
  auto phase = json::text_at(status, {"phase"});
  if (is_terminal(phase) && !std::holds_alternative<ended>(s.at))
    s.at = ended{end_by_phase(phase).cause, time_at(status, "completionTime")};
}

live_status read_live(const json::value& status, const state& s) {
  live_status found;
  const auto* load = json::find(status, {"load"});
  if (load != nullptr && load->IsObject())
    found.load = std::make_shared<const std::string>(json::dump(*load));
  const auto* result = json::find(status, {"result"});
  if (result == nullptr || !result->IsObject() ||
      !std::holds_alternative<ended>(s.at))
    return found;
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  put_members(out, *result);
  out.EndObject();
  found.result =
      std::make_shared<const std::string>(buffer.GetString(), buffer.GetSize());
  return found;
}

} // namespace

std::string render_status(const state& s, std::string_view run_spec,
                          const live_status& live) {
  return render_status(s, pack_spec(run_spec), live);
}

std::string render_status(const state& s, const packed_spec& run_spec,
                          const live_status& live) {
  json::string_buffer buffer;
  json::writer out(buffer);
  status_writer(out).write(s, run_spec, live);
  return {buffer.GetString(), buffer.GetSize()};
}

result<stored_status> read_status(std::string_view status) {
  auto doc = json::parse(status);
  if (!doc)
    return fail(errc::malformed, "status is " + doc.error().message);
  stored_status found;
  found.run_spec = unpack_spec({json::text_at(*doc, {"runSpec"}),
                                json::text_at(*doc, {"compressedRunSpec"})});
  auto history = read_history(*doc);
  if (!history)
    found.problem = history.error().message;
  bool lacks_history = !history || history->empty();
  if (lacks_history)
    history = history_without_entries(*doc);
  found.state = restore(std::move(*history));
  end_unless_ended(found.state, *doc);
  found.live = read_live(*doc, found.state);
  if (lacks_history)
    found.state.history.clear(); // not written by this operator
  return found;
}

std::shared_ptr<const finished_run> finished_run_of(const locust_test& test,
                                                    timestamp now) {
  if (test.deleting || !test.status)
    return nullptr;
  auto doc = json::parse(*test.status);
  auto phase = doc ? json::text_at(*doc, {"phase"}) : std::string();
  auto end = doc ? time_at(*doc, "completionTime") : timestamp{};
  if (!is_terminal(phase) || end + announce_again_within >= now)
    return nullptr;
  finished_run run;
  run.resource_version = test.resource_version;
  run.generation = test.generation;
  run.packed_status = pack_status(*test.status);
  run.ended_at = end;
  run.succeeded = phase == "Succeeded";
  return std::make_shared<const finished_run>(std::move(run));
}

taken_state take_state(const locust_test& test) {
  taken_state taken;
  if (!test.status || test.status->empty())
    return taken;
  auto found = read_status(*test.status);
  if (!found) {
    // The status was edited; the operator adopts the existing objects.
    taken.problem = "ignoring the stored status: " + found.error().message;
    return taken;
  }
  taken.state = std::move(found->state);
  taken.live = std::move(found->live);
  if (!found->problem.empty())
    taken.problem = "ignoring the stored history: " + found->problem;
  if (!found->run_spec.empty())
    taken.run_spec =
        std::make_shared<const std::string>(std::move(found->run_spec));
  return taken;
}

} // namespace locust
