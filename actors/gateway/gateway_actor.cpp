#include "actors/gateway/gateway_actor.hpp"

#include "actors/api_client/find_access.hpp"
#include "actors/certificates/certificate_pair.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace locust {

namespace {

/// The timer for a check of these certificate files.
struct check_files {
  size_t index = 0;
};

/// Half the lifetime of the self-signed metrics certificate has passed.
struct renew_metrics_pair {};

/// From the server's thread: all connections are closed.
struct server_stopped {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::check_files)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::renew_metrics_pair)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::server_stopped)

namespace locust {

namespace {

using gateway_shell = gateway_actor::extend<caf::reacts_to<check_files>,
                                            caf::reacts_to<renew_metrics_pair>,
                                            caf::reacts_to<server_stopped>>;

/// A certificate with a long chain has some tens of thousands of bytes.
constexpr size_t most_file_bytes = 1024 * 1024;

struct gateway_state {
  static inline const char* name = "gateway";

  explicit gateway_state(gateway_shell::pointer self_ptr) : self(self_ptr) {
    // nop
  }

  void start(gateway_setup with) {
    setup = std::move(with);
    for (const auto& one : setup.files)
      watches.emplace_back(one.place, self->clock().now());
    for (size_t i = 0; i < watches.size(); ++i)
      check(i);
    if (setup.makes_metrics_certificate)
      make_metrics_certificate();
  }

  void check(size_t index) {
    const auto& [of, place] = setup.files[index];
    certificate_view seen{read_text_file(place.chain, most_file_bytes),
                          read_text_file(place.key, most_file_bytes)};
    auto what = watches[index].check(seen, self->clock().now());
    bool failed = !what.log_line.empty();
    if (what.use || failed)
      setup.metrics.reads.add();
    if (failed)
      setup.metrics.read_errors.add();
    if (what.fatal) {
      spdlog::error("{}", what.log_line);
      setup.give_up();
      return;
    }
    if (failed)
      spdlog::warn("{}", what.log_line);
    if (what.use)
      show(of, *what.use->chain, *what.use->key);
    self->delayed_send(self, what.next, check_files{index});
  }

  void show(tls_server of, const std::string& chain, const std::string& key) {
    auto shown = setup.server->show_certificate(of, chain, key);
    bool hooks = of == tls_server::webhooks;
    if (shown)
      spdlog::info("{} serve a certificate that is valid until {}",
                   hooks ? "webhooks" : "metrics", *shown);
    else
      spdlog::warn("cannot use the new {} certificate: {}",
                   hooks ? "webhook" : "metrics", shown.error().message);
  }

  void make_metrics_certificate() {
    using namespace std::chrono;
    auto now = floor<microseconds>(system_clock::now());
    auto made = issue_pair({"localhost", "127.0.0.1", "::1"}, now);
    if (made)
      show(tls_server::metrics, made->certificate, made->key);
    else
      spdlog::warn("cannot create a certificate for metrics: {}",
                   made.error().message);
    self->delayed_send(self, certificate_lifetime / 2, renew_metrics_pair{});
  }

  caf::typed_response_promise<bool> stop() {
    stopping = self->make_response_promise<bool>();
    // A strong handle keeps this actor alive until the server has stopped.
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
  /// One for each pair of files.
  std::vector<certificate_watch> watches;
  caf::typed_response_promise<bool> stopping;
};

gateway_shell::behavior_type
gateway_behavior(gateway_shell::stateful_pointer<gateway_state> self,
                 gateway_setup setup) {
  self->state.start(std::move(setup));
  return {
      [self](const serving_certificate& pair) {
        self->state.show(tls_server::webhooks, *pair.chain, *pair.key);
      },
      [self](const caches_state& x) {
        self->state.setup.server->show_caches(x.missing);
      },
      [self](const actors_alive&) { self->state.setup.server->note_alive(); },
      [self](const stop_request&) { return self->state.stop(); },
      [self](const check_files& due) { self->state.check(due.index); },
      [self](const renew_metrics_pair&) {
        self->state.make_metrics_certificate();
      },
      [self](const server_stopped&) { self->state.stopped(); },
  };
}

} // namespace

gateway_actor spawn_gateway(caf::actor_system& system, gateway_setup setup) {
  if (!setup.files.empty())
    return system.spawn<caf::detached>(gateway_behavior, std::move(setup));
  return system.spawn(gateway_behavior, std::move(setup));
}

} // namespace locust
