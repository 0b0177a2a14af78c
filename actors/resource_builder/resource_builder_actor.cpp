#include "actors/resource_builder/resource_builder_actor.hpp"

#include "actors/logging/object_line.hpp"
#include "actors/resource_builder/create_outcome.hpp"
#include "actors/resource_builder/manifests.hpp"
#include "actors/resource_builder/spec_facts.hpp"
#include "protocol/kubernetes/object_path.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace locust {

namespace {

/// From the hand-over to the network to the end of the answer. Creating a
/// Service takes about 25 ms with thousands of Services, much longer on a busy
/// server.
constexpr auto answer_limit = std::chrono::seconds(30);

/// A child that is being created.
struct creation {
  child_kind child;
  object_key key;
  shared_text manifest;
  child_creation core;
  caf::typed_response_promise<child_result> answer;
};

using creation_ptr = std::shared_ptr<creation>;

struct resource_builder_state {
  static constexpr const char* name = "resource_builder";

  using self_pointer =
      resource_builder_actor::stateful_pointer<resource_builder_state>;

  explicit resource_builder_state(self_pointer owner) : self(owner) {
    // nop
  }

  result<std::string> manifest_of(const build_child& x) const;
  caf::typed_response_promise<child_result> start(const build_child& x);
  void post(const creation_ptr& c);
  void look(const creation_ptr& c);
  void follow(const creation_ptr& c, create_step step);

  template <class Handler>
  void ask(api_request request, const Handler& handler);

  self_pointer self;
  child_result counted(child_result result) const;

  api_client_actor client;
  std::shared_ptr<const operator_settings> settings;
  child_metrics metrics;
  presence alive;
};

void log_about(const build_child& x, spdlog::level::level_enum level,
               const std::string& words) {
  log_line_of(level, {"resource_builder", x.test, x.test_uid, words});
}

void warn_of_overridden_flags(const build_child& x, const json::value& spec) {
  const auto& row = row_of(x.child);
  if (!row.has_pods)
    return;
  std::string list;
  for (const auto& flag : overridden_flags(spec, row.role))
    list += (list.empty() ? "" : ", ") + flag;
  if (!list.empty())
    log_about(x, spdlog::level::warn,
              "spec." + std::string(row.role) + ".extraArgs overrides " + list +
                  ", which the operator sets");
}

result<std::string>
resource_builder_state::manifest_of(const build_child& x) const {
  if (x.spec == nullptr)
    return fail(errc::malformed, "spec is missing");
  try {
    auto spec = parse_spec(*x.spec);
    if (!spec)
      return tl::unexpected<error>(std::move(spec.error()));
    auto manifest =
        build_child_manifest(x.child, x.test, x.test_uid, *spec, *settings);
    if (manifest)
      warn_of_overridden_flags(x, *spec);
    return manifest;
  } catch (const std::exception& e) {
    // A bug of the operator; it must not affect other tests.
    log_about(x, spdlog::level::err,
              "building " + std::string(to_string(x.child)) +
                  " failed: " + e.what());
    return fail(errc::malformed,
                std::string("the operator cannot read the spec: ") + e.what());
  }
}

caf::typed_response_promise<child_result>
resource_builder_state::start(const build_child& x) {
  auto promise = self->make_response_promise<child_result>();
  auto child = child_name(x.test.name, x.child);
  auto manifest = manifest_of(x);
  if (!manifest) {
    promise.deliver(counted(refused_before_sending(x.child, std::move(child),
                                                   manifest.error().message)));
    return promise;
  }
  child_creation core(x.child, child, x.test_uid);
  post(std::make_shared<creation>(
      creation{x.child,
               {x.test.ns, std::move(child)},
               std::make_shared<const std::string>(std::move(*manifest)),
               std::move(core),
               promise}));
  return promise;
}

child_result resource_builder_state::counted(child_result result) const {
  metrics.creations[result.child][static_cast<size_t>(result.what)].add();
  return result;
}

template <class Handler>
void resource_builder_state::ask(api_request request, const Handler& handler) {
  request.in = lane::create;
  request.deadline = answer_limit;
  // The client answers, however long the request waits there; a creation that
  // is given up too early would be requested twice.
  self->request(client, caf::infinite, std::move(request))
      .then(handler, [this, handler](const caf::error& reason) {
        auto none = no_answer("the API client gave no answer: " +
                              self->system().render(reason));
        handler(none);
      });
}

void resource_builder_state::post(const creation_ptr& c) {
  api_request request;
  request.verb = http_verb::post;
  request.target = collection_path(resource_of(c->child), c->key.ns);
  request.body = c->manifest;
  ask(std::move(request),
      [this, c](const api_response& x) { follow(c, c->core.after_post(x)); });
}

void resource_builder_state::look(const creation_ptr& c) {
  api_request request;
  request.target = object_path(resource_of(c->child), c->key.ns, c->key.name);
  ask(std::move(request),
      [this, c](const api_response& x) { follow(c, c->core.after_look(x)); });
}

void resource_builder_state::follow(const creation_ptr& c, create_step step) {
  switch (step.next) {
  case create_step::action::post:
    return post(c);
  case create_step::action::look:
    return look(c);
  case create_step::action::finish:
    c->answer.deliver(counted(std::move(step.result)));
  }
}

resource_builder_actor::behavior_type
resource_builder(resource_builder_state::self_pointer self,
                 api_client_actor client,
                 std::shared_ptr<const operator_settings> settings,
                 const child_metrics& metrics) {
  self->state.metrics = metrics;
  self->state.alive.move_to(metrics.alive);
  self->state.client = std::move(client);
  self->state.settings = std::move(settings);
  return {
      [self](const build_child& x) { return self->state.start(x); },
  };
}

} // namespace

resource_builder_actor
spawn_resource_builder(caf::actor_system& system, api_client_actor client,
                       std::shared_ptr<const operator_settings> settings,
                       const child_metrics& metrics) {
  return system.spawn(resource_builder, std::move(client), std::move(settings),
                      metrics);
}

} // namespace locust
