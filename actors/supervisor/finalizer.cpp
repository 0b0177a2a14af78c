#include "actors/supervisor/finalizer.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

constexpr std::chrono::seconds longest_delay = std::chrono::minutes(5);

void begin_step(json::writer& out, const char* path) {
  out.StartObject();
  out.Key("op");
  out.String("replace");
  out.Key("path");
  out.String(path);
  out.Key("value");
}

void replace(json::writer& out, const char* path, const std::string& value) {
  begin_step(out, path);
  out.String(value);
  out.EndObject();
}

std::string patch_of(const locust_test& test) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartArray();
  replace(out, "/metadata/uid", test.uid);
  replace(out, "/metadata/resourceVersion", test.resource_version);
  begin_step(out, "/metadata/finalizers");
  out.StartArray();
  for (const auto& name : test.finalizers)
    if (name != go_operator_finalizer)
      out.String(name);
  out.EndArray();
  out.EndObject();
  out.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

bool has_go_operator_finalizer(const locust_test& test) {
  return std::find(test.finalizers.begin(), test.finalizers.end(),
                   go_operator_finalizer) != test.finalizers.end();
}

api_request finalizer_request(const locust_test& test) {
  api_request request;
  request.verb = http_verb::json_patch;
  request.target = "/apis/locust.io/v2/namespaces/" + test.key.ns +
                   "/locusttests/" + test.key.name;
  request.body = std::make_shared<const std::string>(patch_of(test));
  request.in = lane::status;
  return request;
}

std::string finalizer_trouble(const api_response& answer) {
  // 409: it was changed meanwhile; the watch brings the new one.
  if (answer.status / 100 == 2 || answer.status == 404 || answer.status == 409)
    return {};
  auto words =
      answer.status == 0 ? answer.failure : server_message(*answer.body);
  return "could not remove the finalizer " +
         std::string(go_operator_finalizer) +
         "; trying again: " + std::to_string(answer.status) + ' ' + words;
}

std::chrono::seconds next_removal_delay(std::chrono::seconds before) {
  return std::min(2 * before, longest_delay);
}

} // namespace locust
