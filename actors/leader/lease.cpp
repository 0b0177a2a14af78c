#include "actors/leader/lease.hpp"

#include "protocol/json.hpp"
#include "protocol/json/edit.hpp"

#include <array>
#include <charconv>

namespace locust {

namespace {

api_request request(http_verb verb, std::string target) {
  api_request made;
  made.verb = verb;
  made.target = std::move(target);
  made.in = lane::list;
  return made;
}

shared_text shared(std::string body) {
  return std::make_shared<const std::string>(std::move(body));
}

/// Bytes of the name of the holder that are read, for the log. Own names are
/// shorter; whoever may write the Lease could write a megabyte.
constexpr size_t longest_holder = 256;

/// Sets members of a document, copying texts into it.
class setter {
public:
  explicit setter(json::document& doc) : doc_(doc) {
    // nop
  }

  setter& operator()(json::path where, std::string_view value) {
    json::set(doc_, where, json::own_text(value, doc_));
    return *this;
  }

  setter& operator()(json::path where, int64_t value) {
    json::set(doc_, where, json::value(value));
    return *this;
  }

private:
  json::document& doc_;
};

void set_spec(json::document& doc, const lease_record& record) {
  setter{doc}({"spec", "holderIdentity"}, record.holder)(
      {"spec", "leaseDurationSeconds"},
      record.duration_seconds)({"spec", "acquireTime"}, record.acquire_time)(
      {"spec", "renewTime"}, record.renew_time)({"spec", "leaseTransitions"},
                                                record.transitions);
}

result<stored_lease> lease_from(const json::value& object) {
  stored_lease found;
  found.uid = json::text_at(object, {"metadata", "uid"});
  found.resource_version =
      json::text_at(object, {"metadata", "resourceVersion"});
  if (found.resource_version.empty())
    return fail(errc::malformed, "the object has no resourceVersion");
  auto& record = found.record;
  record.holder = json::clean_text(
      json::string_at(object, {"spec", "holderIdentity"}).value_or(""),
      longest_holder);
  record.duration_seconds =
      json::int_at(object, {"spec", "leaseDurationSeconds"}).value_or(0);
  record.acquire_time = json::text_at(object, {"spec", "acquireTime"});
  record.renew_time = json::text_at(object, {"spec", "renewTime"});
  record.transitions =
      json::int_at(object, {"spec", "leaseTransitions"}).value_or(0);
  found.object = json::dump(object);
  return found;
}

std::string in_hex(int64_t number) {
  std::array<char, 16> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                           static_cast<uint64_t>(number), 16);
  return {digits.data(), end.ptr};
}

std::optional<uint64_t> number_of(const std::string& version) {
  uint64_t number = 0;
  const auto* end = version.data() + version.size();
  auto [stop, error] = std::from_chars(version.data(), end, number);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return number;
}

} // namespace

api_object lease_in(const std::string& ns) {
  return {resources::leases, ns, lease_name};
}

result<stored_lease> read_lease(std::string_view body) {
  auto doc = json::parse(body);
  if (!doc)
    return tl::unexpected(doc.error());
  return lease_from(*doc);
}

bool is_older(const stored_lease& a, const stored_lease& b) {
  auto first = number_of(a.resource_version);
  auto second = number_of(b.resource_version);
  return a.uid == b.uid && first && second && *first < *second;
}

api_request get_lease(const api_object& lease) {
  return request(http_verb::get, object_path(lease));
}

api_request create_lease(const api_object& lease, const lease_record& record) {
  json::document doc(rapidjson::kObjectType);
  setter set(doc);
  set({"apiVersion"}, api_version_of(lease.resource));
  set({"kind"}, lease.resource.kind);
  set({"metadata", "name"}, lease.name);
  set({"metadata", "namespace"}, lease.ns);
  set_spec(doc, record);
  auto made = request(http_verb::post, collection_path(lease));
  made.body = shared(json::dump(doc));
  return made;
}

api_request update_lease(const api_object& lease, const stored_lease& stored,
                         const lease_record& record) {
  auto made = request(http_verb::put, object_path(lease));
  // `stored.object` was written by `json::dump`, so this cannot fail.
  if (auto doc = json::parse(stored.object)) {
    set_spec(*doc, record);
    made.body = shared(json::dump(*doc));
  }
  return made;
}

std::string watch_lease(const api_object& lease,
                        const std::string& resource_version) {
  return path_with_query(collection_path(lease))
      .add("watch", "true")
      .add("timeoutSeconds", "600")
      .add("fieldSelector", "metadata.name=" + lease.name)
      .add("resourceVersion", resource_version)
      .take();
}

result<lease_event> read_lease_event(std::string_view line) {
  auto doc = json::parse(line);
  if (!doc)
    return tl::unexpected(doc.error());
  auto type = json::text_at(*doc, {"type"});
  const auto* object = json::find(*doc, {"object"});
  if (object == nullptr || !object->IsObject())
    return fail(errc::malformed, "not a watch event");
  if (type == "DELETED")
    return lease_event{};
  if (type != "ADDED" && type != "MODIFIED")
    return fail(errc::refused,
                type + ": " + json::text_at(*object, {"message"}));
  auto lease = lease_from(*object);
  if (!lease)
    return tl::unexpected(lease.error());
  return lease_event{std::move(*lease)};
}

api_request leader_event(const api_object& lease, const stored_lease& stored,
                         const std::string& identity, timestamp at,
                         int64_t nanoseconds) {
  json::document doc(rapidjson::kObjectType);
  setter set(doc);
  set({"apiVersion"}, api_version_of(resources::events));
  set({"kind"}, resources::events.kind);
  set({"metadata", "name"}, lease.name + '.' + in_hex(nanoseconds));
  set({"metadata", "namespace"}, lease.ns);
  set({"involvedObject", "apiVersion"}, api_version_of(lease.resource));
  set({"involvedObject", "kind"}, lease.resource.kind);
  set({"involvedObject", "name"}, lease.name);
  set({"involvedObject", "namespace"}, lease.ns);
  set({"involvedObject", "uid"}, stored.uid);
  set({"involvedObject", "resourceVersion"}, stored.resource_version);
  set({"type"}, "Normal");
  set({"reason"}, "LeaderElection");
  set({"message"}, identity + " became leader");
  set({"firstTimestamp"}, to_rfc3339(at));
  set({"lastTimestamp"}, to_rfc3339(at));
  set({"count"}, int64_t{1});
  set({"source", "component"}, identity);
  set({"reportingComponent"}, identity);
  set({"reportingInstance"}, "");
  auto made =
      request(http_verb::post, collection_path(resources::events, lease.ns));
  made.body = shared(json::dump(doc));
  return made;
}

} // namespace locust
