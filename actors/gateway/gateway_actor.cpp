#include "actors/gateway/gateway_actor.hpp"

#include "actors/api_client/find_access.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace locust {

namespace {

/// Time to look at the certificate files.
struct look_at_files {};

/// From the server's thread: all is closed.
struct server_stopped {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::look_at_files)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::server_stopped)

namespace locust {

namespace {

using gateway_shell = gateway_actor::extend<caf::reacts_to<look_at_files>,
                                            caf::reacts_to<server_stopped>>;

/// A certificate with a long chain has some ten thousand bytes.
constexpr size_t most_file_bytes = 1024 * 1024;

struct gateway_state {
  static inline const char* name = "gateway";

  explicit gateway_state(gateway_shell::pointer self_ptr) : self(self_ptr) {
    // nop
  }

  void start(gateway_setup with) {
    setup = std::move(with);
    if (!setup.files)
      return;
    watch.emplace(*setup.files, self->clock().now());
    look();
  }

  void look() {
    certificate_view seen{read_text_file(setup.files->chain, most_file_bytes),
                          read_text_file(setup.files->key, most_file_bytes)};
    auto what = watch->look(seen, self->clock().now());
    if (what.fatal) {
      spdlog::error("{}", what.news);
      setup.give_up();
      return;
    }
    if (!what.news.empty())
      spdlog::warn("{}", what.news);
    if (what.use)
      show(*what.use->chain, *what.use->key);
    self->delayed_send(self, what.next, look_at_files{});
  }

  void show(const std::string& chain, const std::string& key) {
    auto shown = setup.server->show_certificate(chain, key);
    if (shown)
      spdlog::info("webhooks have a certificate, valid until {}", *shown);
    else
      spdlog::warn("a new webhook certificate is not used: {}",
                   shown.error().message);
  }

  caf::typed_response_promise<bool> stop() {
    stopping = self->make_response_promise<bool>();
    // A strong handle: it goes with the server, at the end of this state.
    setup.server->stop([handle = gateway_shell{self}] {
      caf::anon_send(handle, server_stopped{});
    });
    return stopping;
  }

  void stopped() {
    stopping.deliver(true);
    self->quit();
  }

  gateway_shell::pointer self;
  gateway_setup setup;
  std::optional<certificate_watch> watch;
  caf::typed_response_promise<bool> stopping;
};

gateway_shell::behavior_type
gateway_behavior(gateway_shell::stateful_pointer<gateway_state> self,
                 gateway_setup setup) {
  self->state.start(std::move(setup));
  return {
      [self](const serving_certificate& pair) {
        self->state.show(*pair.chain, *pair.key);
      },
      [self](const caches_state& x) {
        self->state.setup.server->show_caches(x.missing);
      },
      [self](const stop_request&) { return self->state.stop(); },
      [self](const look_at_files&) { self->state.look(); },
      [self](const server_stopped&) { self->state.stopped(); },
  };
}

} // namespace

gateway_actor spawn_gateway(caf::actor_system& system, gateway_setup setup) {
  if (setup.files)
    return system.spawn<caf::detached>(gateway_behavior, std::move(setup));
  return system.spawn(gateway_behavior, std::move(setup));
}

} // namespace locust
