#include "actors/supervisor/journal_record.hpp"

#include "actors/supervisor/status_document.hpp"
#include "protocol/basics/fnv.hpp"
#include "protocol/json.hpp"

namespace locust {

namespace {

constexpr std::string_view start_kind = "Start";

class line_writer {
public:
  line_writer(const object_key& test, std::string_view uid, timestamp at,
              std::string_view kind) {
    out_.StartObject();
    text("time", to_rfc3339_micro(at));
    text("test", to_string(test));
    text("uid", uid);
    text("kind", kind);
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }

  void write(const lifecycle_event& event) {
    key("generation");
    out_.Int64(event.generation);
    key("data");
    out_.StartObject();
    for (const auto& [name, value] : encode(event.fact))
      text(name, value);
    out_.EndObject();
  }

  void write(const commands& done) {
    key("commands");
    out_.StartArray();
    for (const auto& c : done)
      string(describe(c));
    out_.EndArray();
  }

  std::string finish() {
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  void key(std::string_view name) {
    out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  void string(std::string_view value) {
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }

  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

/// The fields of every line except gaps.
struct heading {
  object_key test;
  std::string uid;
  timestamp at{};
};

result<heading> read_heading(const json::value& line) {
  auto test = json::text_at(line, {"test"});
  auto slash = test.find('/');
  auto uid = json::text_at(line, {"uid"});
  auto at = parse_rfc3339(json::text_at(line, {"time"}));
  if (slash == std::string::npos)
    return fail(errc::malformed, "\"test\" is not of the form ns/name");
  if (uid.empty())
    return fail(errc::malformed, "\"uid\" is missing");
  if (!at)
    return fail(errc::malformed, "\"time\" is not an RFC 3339 time");
  return heading{{test.substr(0, slash), test.substr(slash + 1)}, uid, *at};
}

result<journal_record> read_event(const json::value& line, heading head,
                                  const std::string& kind) {
  fact_data data;
  const auto* fields = json::find(line, {"data"});
  if (fields == nullptr || !fields->IsObject())
    return fail(errc::malformed, "\"data\" is not an object");
  for (const auto& field : fields->GetObject()) {
    if (!field.value.IsString())
      return fail(errc::malformed, std::string("\"data.") +
                                       field.name.GetString() +
                                       "\" is not a string");
    data.emplace(
        field.name.GetString(),
        std::string(field.value.GetString(), field.value.GetStringLength()));
  }
  auto fact = decode_fact(kind, data);
  if (!fact)
    return tl::unexpected<error>(fact.error());
  auto generation = json::int_at(line, {"generation"});
  auto phase = json::string_at(line, {"phase"});
  auto digest = json::string_at(line, {"digest"});
  const auto* done = json::find(line, {"commands"});
  if (!generation || !phase || !digest || done == nullptr || !done->IsArray())
    return fail(errc::malformed, "\"generation\", \"phase\", \"digest\" or "
                                 "\"commands\" is missing");
  journal_event event{std::move(head.test),
                      std::move(head.uid),
                      {head.at, *generation, std::move(*fact)},
                      std::string(*phase),
                      std::string(*digest),
                      {}};
  for (const auto& item : done->GetArray()) {
    if (!item.IsString())
      return fail(errc::malformed,
                  "\"commands\" contains items that are not strings");
    event.commands.emplace_back(item.GetString(), item.GetStringLength());
  }
  return event;
}

} // namespace

std::string journal_start_line(const object_key& test, std::string_view uid,
                               timestamp at, std::string_view stored_status) {
  line_writer line(test, uid, at, start_kind);
  line.text("status", stored_status);
  return line.finish();
}

std::string journal_event_line(const object_key& test, std::string_view uid,
                               const lifecycle_event& event,
                               const lifecycle::state& after,
                               const commands& done) {
  line_writer line(test, uid, event.at, kind_of(event.fact));
  line.write(event);
  line.text("phase", phase_name(after));
  line.text("digest", status_digest(after));
  line.write(done);
  return line.finish();
}

std::string status_digest(const lifecycle::state& s) {
  return fnv1a().add(render_status(s, packed_spec{})).hex();
}

result<journal_record> read_journal_line(std::string_view line) {
  auto doc = json::parse(line);
  if (!doc)
    return tl::unexpected<error>(doc.error());
  if (!doc->IsObject())
    return fail(errc::malformed, "not a JSON object");
  if (json::find(*doc, {"gap"}) != nullptr) {
    auto lines = json::int_at(*doc, {"gap"});
    if (!lines || *lines < 0)
      return fail(errc::malformed, "\"gap\" is not a number of lines");
    return journal_gap{static_cast<uint64_t>(*lines)};
  }
  auto head = read_heading(*doc);
  if (!head)
    return tl::unexpected<error>(head.error());
  auto kind = json::text_at(*doc, {"kind"});
  if (kind != start_kind)
    return read_event(*doc, std::move(*head), kind);
  auto status = json::string_at(*doc, {"status"});
  if (!status)
    return fail(errc::malformed, "\"status\" is not a string");
  return journal_start{std::move(head->test), std::move(head->uid), head->at,
                       std::string(*status)};
}

} // namespace locust
