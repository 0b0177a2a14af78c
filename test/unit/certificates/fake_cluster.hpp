#pragma once

#include "protocol/api_call.hpp"
#include "protocol/json.hpp"
#include "test/unit/support/answers.hpp"

#include <rapidjson/pointer.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

// The part of an API server that the keeper of the certificate uses: objects
// with versions, and errors.

namespace locust::test {

inline const std::string crd_path =
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
    "locusttests.locust.io";
inline const std::string configuration_path =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"
    "locust-operator-validating";
inline const std::string secrets_path = "/api/v1/namespaces/ns/secrets";
inline const std::string secret_path = secrets_path + "/certs";

class fake_cluster {
public:
  api_response answer_to(const api_request& x) {
    requests.push_back(x);
    if (refuse)
      if (auto status = refuse(x); status != 200)
        return answer(status, status == 0 ? "" : status_body("said so"));
    switch (x.verb) {
    case http_verb::post:
      return create(x);
    case http_verb::put:
      return update(x);
    case http_verb::json_patch:
      return patch(x);
    default:
      return get(x);
    }
  }

  /// A write of another client, which always creates a new version.
  void put(const std::string& path, const std::string& body) {
    json::document object;
    object.Parse(body.c_str(), body.size());
    store(path, object);
  }

  void remove(const std::string& path) {
    objects.erase(path);
  }

  json::document at(const std::string& path) const {
    json::document object;
    object.Parse(objects.at(path).c_str());
    return object;
  }

  /// Text at a JSON pointer of an object; empty when there is none.
  std::string text_at(const std::string& path, const char* pointer) const {
    auto object = at(path);
    const auto* value = rapidjson::Pointer(pointer).Get(object);
    return value != nullptr && value->IsString() ? value->GetString() : "";
  }

  void set(const std::string& path, const char* pointer,
           const std::string& value) {
    auto object = at(path);
    rapidjson::Pointer(pointer).Set(object, value);
    store(path, object);
  }

  size_t count(http_verb verb) const {
    size_t n = 0;
    for (const auto& x : requests)
      n += x.verb == verb ? 1 : 0;
    return n;
  }

  std::map<std::string, std::string> objects;
  std::vector<api_request> requests;
  /// Returns the status of a refusal (0: no answer), 200 for none.
  std::function<int(const api_request&)> refuse;

private:
  static std::string status_body(const std::string& message) {
    return R"({"kind":"Status","message":")" + message + R"("})";
  }

  void store(const std::string& path, json::document& object) {
    rapidjson::Pointer("/metadata/resourceVersion")
        .Set(object, std::to_string(++version_));
    objects[path] = json::dump(object);
  }

  api_response shown(int status, const api_request& x,
                     const std::string& path) const {
    const auto& body = objects.at(path);
    if (x.accept.find("PartialObjectMetadata") == std::string::npos)
      return answer(status, body);
    auto object = at(path);
    json::document part{rapidjson::kObjectType};
    part.AddMember("metadata", object["metadata"], object.GetAllocator());
    return answer(status, json::dump(part));
  }

  api_response get(const api_request& x) const {
    return objects.contains(x.target) ? shown(200, x, x.target)
                                      : answer(404, status_body("not found"));
  }

  api_response create(const api_request& x) {
    json::document object;
    object.Parse(x.body->c_str());
    auto path = x.target + '/' + object["metadata"]["name"].GetString();
    if (objects.contains(path))
      return answer(409, status_body("already exists"));
    store(path, object);
    return shown(201, x, path);
  }

  api_response update(const api_request& x) {
    if (!objects.contains(x.target))
      return answer(404, status_body("not found"));
    json::document object;
    object.Parse(x.body->c_str());
    if (object["metadata"]["resourceVersion"] !=
        at(x.target)["metadata"]["resourceVersion"])
      return answer(409, status_body("has been modified"));
    store(x.target, object);
    return shown(200, x, x.target);
  }

  api_response patch(const api_request& x) {
    if (!objects.contains(x.target))
      return answer(404, status_body("not found"));
    auto object = at(x.target);
    auto before = json::dump(object["metadata"]);
    json::document steps;
    steps.Parse(x.body->c_str());
    for (const auto& step : steps.GetArray())
      rapidjson::Pointer(step["path"].GetString()).Set(object, step["value"]);
    if (json::dump(object["metadata"]) != before)
      return answer(409, status_body("has been modified"));
    store(x.target, object);
    return shown(200, x, x.target);
  }

  uint64_t version_ = 0;
};

/// A CRD with a conversion webhook at Service `ns/hook`.
inline std::string converting_crd() {
  return R"({"metadata":{"name":"locusttests.locust.io","uid":"c"},"spec":{)"
         R"("versions":[{"name":"v2","webhooks":[{}]}],)"
         R"("conversion":{"strategy":"Webhook","webhook":{)"
         R"("conversionReviewVersions":["v1"],"clientConfig":{)"
         R"("service":{"namespace":"ns","name":"hook","path":"/convert"}}}}}})";
}

/// A configuration with one webhook at Service `ns/hook` and one at a URL.
inline std::string validating_configuration() {
  return R"({"metadata":{"name":"locust-operator-validating","uid":"w"},)"
         R"("webhooks":[{"name":"a","clientConfig":{)"
         R"("service":{"namespace":"ns","name":"hook"}}},{"name":"b",)"
         R"("clientConfig":{"url":"https://127.0.0.1:9443/validate"}}]})";
}

} // namespace locust::test
