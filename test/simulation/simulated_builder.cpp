#include "test/simulation/simulated_builder.hpp"

#include "actors/resource_builder/manifests.hpp"
#include "protocol/kubernetes/object_path.hpp"

#include <stdexcept>

namespace locust::simulation {

simulated_builder::simulated_builder(simulated_client& client,
                                     const operator_settings& settings)
    : client_(client), settings_(settings) {
  // nop
}

void simulated_builder::build(child_kind child, const object_key& test,
                              const std::string& uid, const std::string& spec,
                              on_result done) {
  auto manifest = build_child_manifest(child, test, uid, spec, settings_);
  if (!manifest)
    throw std::logic_error("no manifest: " + manifest.error().message);
  auto name = child_name(test.name, child);
  post(std::make_shared<creation>(
      creation{child,
               {test.ns, name},
               std::make_shared<const std::string>(std::move(*manifest)),
               child_creation(child, name, uid),
               std::move(done)}));
}

void simulated_builder::post(const creation_ptr& c) {
  api_request request;
  request.verb = http_verb::post;
  request.target = collection_path(resource_of(c->child), c->key.ns);
  request.body = c->manifest;
  request.in = lane::create;
  client_.send(std::move(request), [this, c](const api_response& response) {
    follow(c, c->core.after_post(response));
  });
}

void simulated_builder::look(const creation_ptr& c) {
  api_request request;
  request.target = object_path(resource_of(c->child), c->key.ns, c->key.name);
  request.in = lane::create;
  client_.send(std::move(request), [this, c](const api_response& response) {
    follow(c, c->core.after_look(response));
  });
}

void simulated_builder::follow(const creation_ptr& c, const create_step& step) {
  switch (step.next) {
  case create_step::action::post:
    return post(c);
  case create_step::action::look:
    return look(c);
  case create_step::action::finish:
    return c->done(step.result);
  }
}

} // namespace locust::simulation
