#include "actors/event_recorder/event_object.hpp"

#include "protocol/basics/fnv.hpp"
#include "protocol/json.hpp"
#include "protocol/kubernetes/dns_name.hpp"
#include "protocol/kubernetes/object_path.hpp"

namespace locust {

namespace {

/// The component of the Go operator (docs/behaviour/lifecycle.md#events),
/// because alerts filter by it.
constexpr std::string_view component = "locusttest-controller";

/// Nothing waits for an Event, and retries are cheap.
constexpr std::chrono::seconds event_deadline{10};

/// A dot and 16 digits come after it.
constexpr size_t longest_prefix = longest_dns_subdomain - 17;

/// Separates the parts of a hash, so that ("ab", "c") differs from ("a", "bc"):
/// UTF-8 text never contains this byte.
constexpr std::string_view separator = "\xff";

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

class object_writer {
public:
  object_writer() : out_(buffer_) {
    out_.StartObject();
  }

  object_writer& field(std::string_view name, std::string_view value) {
    key(name);
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }

  object_writer& field(std::string_view name, int32_t value) {
    key(name);
    out_.Int(value);
    return *this;
  }

  object_writer& object(std::string_view name) {
    key(name);
    out_.StartObject();
    return *this;
  }

  object_writer& end() {
    out_.EndObject();
    return *this;
  }

  shared_text finish() {
    end();
    return std::make_shared<const std::string>(buffer_.GetString(),
                                               buffer_.GetSize());
  }

private:
  void key(std::string_view name) {
    out_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  json::string_buffer buffer_;
  json::writer out_;
};

api_request request(http_verb verb, std::string target, shared_text body) {
  api_request result;
  result.verb = verb;
  result.target = std::move(target);
  result.body = std::move(body);
  result.in = lane::event;
  result.deadline = event_deadline;
  return result;
}

} // namespace

std::string event_name(std::string_view test, std::string_view test_uid,
                       uint64_t sequence, std::string_view reason) {
  auto prefix = test.substr(0, longest_prefix);
  while (!prefix.empty() && !alphanumeric(prefix.back()))
    prefix.remove_suffix(1);
  return std::string(prefix) + "." +
         fnv1a()
             .add(test_uid)
             .add(separator)
             .add(std::to_string(sequence))
             .add(separator)
             .add(reason)
             .add(separator)
             .hex();
}

api_request create_event(const event_object& event) {
  object_writer out;
  out.field("apiVersion", api_version_of(resources::events))
      .field("kind", resources::events.kind);
  out.object("metadata")
      .field("name", event.name)
      .field("namespace", event.test.ns)
      .end();
  out.object("involvedObject")
      .field("apiVersion", api_version_of(resources::locust_tests))
      .field("kind", resources::locust_tests.kind)
      .field("name", event.test.name)
      .field("namespace", event.test.ns)
      .field("uid", event.test_uid)
      .end();
  out.field("type", event.type == severity::warning ? "Warning" : "Normal")
      .field("reason", event.reason)
      .field("message", event.message)
      .field("firstTimestamp", to_rfc3339(event.first))
      .field("lastTimestamp", to_rfc3339(event.last))
      .field("count", event.count);
  out.object("source").field("component", component).end();
  out.field("reportingComponent", component).field("reportingInstance", "");
  return request(http_verb::post,
                 collection_path(resources::events, event.test.ns),
                 out.finish());
}

api_request update_event(const event_object& event) {
  object_writer out;
  out.field("count", event.count)
      .field("lastTimestamp", to_rfc3339(event.last))
      // Changes when an Event combines several similar ones.
      .field("message", event.message);
  return request(http_verb::merge_patch,
                 object_path(resources::events, event.test.ns, event.name),
                 out.finish());
}

} // namespace locust
