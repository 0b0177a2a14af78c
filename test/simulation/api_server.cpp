#include "test/simulation/api_server.hpp"

#include "protocol/json.hpp"
#include "protocol/kubernetes/object_metadata.hpp"
#include "test/simulation/api_status.hpp"

#include <stdexcept>

namespace locust::simulation {

namespace {

/// Takes `prefix` off the front of `path`.
bool take(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix))
    return false;
  path.remove_prefix(prefix.size());
  return true;
}

std::string object_of(const cluster::existing& x) {
  std::string text = R"({"metadata":{"uid":")" + x.uid +
                     R"(","resourceVersion":")" + x.resource_version + '"';
  if (x.deleting)
    text += R"(,"deletionTimestamp":"2026-11-23T12:00:00Z")";
  if (x.owner)
    text += R"(,"ownerReferences":[{"apiVersion":")" + x.owner->api_version +
            R"(","kind":")" + x.owner->kind + R"(","name":")" + x.owner->name +
            R"(","uid":")" + x.owner->uid + R"(","controller":true}])";
  // As the manifests have them, and the API server copies those of the pods.
  constexpr auto labels = R"("labels":{"managed-by":"locust-k8s-operator"})";
  return text + ',' + labels + R"(},"spec":{"template":{"metadata":{)" +
         labels + "}}}}";
}

} // namespace

api_server::api_server(const timeline& time, cluster& objects)
    : leases(time, [&objects] { return objects.next_version(); }),
      objects_(objects) {
  // nop
}

api_response api_server::answer(const api_request& request) {
  std::string_view path = request.target;
  if (take(path, "/apis/coordination.k8s.io/"))
    return leases.answer(request);
  if (take(path, "/apis/locust.io/v2/namespaces/ns/locusttests/"))
    return answer_about_test(request, path);
  if (take(path, "/api/v1/namespaces/ns/services"))
    return answer_about_child(request, true, path);
  if (take(path, "/apis/batch/v1/namespaces/ns/jobs"))
    return answer_about_child(request, false, path);
  if (take(path, "/api/v1/namespaces/ns/configmaps"))
    return create_config_map(request);
  if (take(path, "/api/v1/namespaces/ns/events")) {
    take(path, "/");
    return events.answer(request, path);
  }
  if (take(path, "/api/v1/namespaces/operators/events"))
    return answered(201, "{}");
  throw std::logic_error("no such path: " + request.target);
}

// -- the LocustTest -----------------------------------------------------------

api_response api_server::answer_about_test(const api_request& request,
                                           std::string_view name) {
  bool status = name.ends_with("/status");
  if (status)
    name.remove_suffix(std::string_view("/status").size());
  if (!objects_.test_exists() || name != objects_.key().name)
    return not_found();
  if (request.verb == http_verb::get)
    return answered(200, test_object(true));
  auto body = json::parse(*request.body).value();
  if (request.verb == http_verb::merge_patch)
    return merge_figures(body);
  return patch_test(body, status);
}

/// A merge patch of figures, which the status may not have yet.
api_response api_server::merge_figures(const json::value& patch) {
  const auto& test = objects_.test();
  // Without a version the patch is for any.
  const auto* version = json::find(patch, {"metadata", "resourceVersion"});
  if (version != nullptr && version->GetString() != test.resource_version)
    return conflict();
  if (status_refusal != 0)
    return refused(status_refusal, "BadRequest", "somebody refuses this");
  auto status = json::parse(*test.status).value();
  auto& memory = status.GetAllocator();
  if (!status.HasMember("load"))
    status.AddMember("load", json::value(rapidjson::kObjectType), memory);
  auto& load = status["load"];
  for (const auto& member :
       json::find(patch, {"status", "load"})->GetObject()) {
    load.RemoveMember(member.name);
    if (!member.value.IsNull())
      load.AddMember(json::value(member.name, memory),
                     json::value(member.value, memory), memory);
  }
  objects_.store_status(json::dump_canonical(status));
  on_figures(*test.status);
  return answered(200, test_object(false));
}

std::string api_server::test_object(bool whole) const {
  const auto& test = objects_.test();
  auto text = R"({"apiVersion":"locust.io/v2","kind":"LocustTest",)"
              R"("metadata":{"name":")" +
              test.key.name + R"(","uid":")" + test.uid +
              R"(","resourceVersion":")" + test.resource_version + '"';
  if (test.deleting)
    text += R"(,"deletionTimestamp":"2026-11-23T12:00:00Z")";
  text += '}';
  if (whole) {
    text += R"(,"spec":)" + *test.spec;
    if (test.status)
      text += R"(,"status":)" + *test.status;
  }
  return text + '}';
}

api_response api_server::patch_test(const json::value& steps, bool status) {
  const auto& test = objects_.test();
  const json::value* document = nullptr;
  std::optional<std::vector<std::string>> finalizers;
  for (const auto& step : steps.GetArray()) {
    auto op = json::text_at(step, {"op"});
    auto path = json::text_at(step, {"path"});
    const auto& value = *json::find(step, {"value"});
    if (path == "/metadata/uid") {
      // The status subresource puts a uid back that a `replace` has changed.
      bool differs = value.GetString() != test.uid;
      if (differs && op == "test")
        return refused(422, "Invalid", "the server rejected our request");
      if (differs && !status)
        return conflict();
    } else if (path == "/metadata/resourceVersion") {
      if (value.GetString() != test.resource_version)
        return conflict();
    } else if (path == "/status" && op == "add") {
      document = &value;
    } else if (path == "/metadata/finalizers" && op == "replace") {
      finalizers.emplace();
      for (const auto& name : value.GetArray())
        finalizers->emplace_back(name.GetString());
    } else {
      throw std::logic_error("no such step: " + op + ' ' + path);
    }
  }
  if (status && status_refusal == 403)
    return refused(403, "Forbidden", "locusttests/status is forbidden");
  if (status && status_refusal == 422)
    return refused(422, "Invalid", "status is invalid",
                   R"({"causes":[{"field":"status"}]})");
  if (status && status_refusal != 0)
    return refused(status_refusal, "BadRequest", "somebody refuses this");
  if (status && document != nullptr) {
    objects_.store_status(json::dump_canonical(*document));
    on_status(*objects_.test().status);
  }
  auto body = test_object(false);
  if (!status && finalizers)
    objects_.store_finalizers(std::move(*finalizers));
  return answered(200, std::move(body));
}

// -- Services and Jobs --------------------------------------------------------

api_response api_server::answer_about_child(const api_request& request,
                                            bool service,
                                            std::string_view name) {
  if (request.verb == http_verb::post)
    return create(request, service);
  take(name, "/");
  if (request.verb == http_verb::merge_patch)
    return suspend(request, name);
  auto found = service ? objects_.find_service(name) : objects_.find_job(name);
  return found ? answered(200, object_of(*found)) : not_found();
}

api_response api_server::create_config_map(const api_request& request) {
  auto manifest = json::parse(*request.body).value();
  auto owner = controller_of(manifest);
  bool is_new = config_maps
                    .emplace(json::text_at(manifest, {"metadata", "name"}),
                             owner ? owner->uid : "")
                    .second;
  return is_new ? answered(201, "{}") : already_exists();
}

api_response api_server::suspend(const api_request& request,
                                 std::string_view name) {
  auto found = objects_.find_job(name);
  if (!found)
    return not_found();
  auto patch = json::parse(*request.body).value();
  if (json::text_at(patch, {"metadata", "uid"}) != found->uid)
    return conflict();
  if (!json::bool_at(patch, {"spec", "suspend"}).value_or(false))
    throw std::logic_error("no such patch: " + *request.body);
  objects_.suspend_for_good(name);
  return answered(200, object_of(*objects_.find_job(name)));
}

api_response api_server::create(const api_request& request, bool service) {
  auto manifest = json::parse(*request.body).value();
  auto name = json::text_at(manifest, {"metadata", "name"});
  // A quota speaks before anybody looks at the name.
  if (!service && !objects_.jobs_allowed)
    return refused(403, "Forbidden", "exceeded quota: jobs");
  if (!service && quota_clash)
    return refused(409, "Conflict", "the quota has been modified");
  if (service ? objects_.find_service(name) : objects_.find_job(name))
    return already_exists();
  auto made = service ? objects_.create_service(manifest)
                      : objects_.create_job(manifest);
  on_created(service                     ? child_kind::master_service
             : name.ends_with("-worker") ? child_kind::worker_job
                                         : child_kind::master_job);
  return answered(201, object_of(made));
}

} // namespace locust::simulation
