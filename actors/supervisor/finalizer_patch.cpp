#include "actors/supervisor/finalizer_patch.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

void replace(json::writer& out, const char* path, const std::string& value) {
  out.StartObject();
  out.Key("op");
  out.String("replace");
  out.Key("path");
  out.String(path);
  out.Key("value");
  out.String(value);
  out.EndObject();
}

} // namespace

bool has_reference_finalizer(const locust_test& test) {
  return std::find(test.finalizers.begin(), test.finalizers.end(),
                   reference_finalizer) != test.finalizers.end();
}

std::string finalizer_patch(const locust_test& test) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartArray();
  replace(out, "/metadata/uid", test.uid);
  replace(out, "/metadata/resourceVersion", test.resource_version);
  out.StartObject();
  out.Key("op");
  out.String("replace");
  out.Key("path");
  out.String("/metadata/finalizers");
  out.Key("value");
  out.StartArray();
  for (const auto& name : test.finalizers)
    if (name != reference_finalizer)
      out.String(name);
  out.EndArray();
  out.EndObject();
  out.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string release_trouble(const api_response& answer) {
  // 409: it was changed meanwhile; the watch brings the new one.
  if (answer.status / 100 == 2 || answer.status == 404 || answer.status == 409)
    return {};
  auto words =
      answer.status == 0 ? answer.failure : server_message(*answer.body);
  return "the finalizer " + std::string(reference_finalizer) +
         " could not be taken off, which is tried again: " +
         std::to_string(answer.status) + ' ' + words;
}

api_request release_request(const locust_test& test) {
  api_request request;
  request.verb = http_verb::json_patch;
  request.target = "/apis/locust.io/v2/namespaces/" + test.key.ns +
                   "/locusttests/" + test.key.name;
  request.body = std::make_shared<const std::string>(finalizer_patch(test));
  request.in = lane::status;
  return request;
}

} // namespace locust
