#include "actors/certificates/certificates_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <optional>

namespace locust {

namespace {

/// A backstop: the client answers every request. CAF keeps the timer of an
/// answered request, so it is not longer than needed.
constexpr std::chrono::minutes lost_after{2};

void log(const log_message& x) {
  switch (x.level) {
  case message_level::info:
    spdlog::info("{}", x.text);
    break;
  case message_level::warning:
    spdlog::warn("{}", x.text);
    break;
  case message_level::error:
    spdlog::error("{}", x.text);
  }
}

struct certificates_state {
  using pointer = certificates_actor::stateful_pointer<certificates_state>;

  static constexpr const char* name = "certificates";

  explicit certificates_state(pointer ptr) : self(ptr) {
    // nop
  }

  moment now() const {
    return {setup.now(), self->clock().now()};
  }

  void reconcile() {
    carry_out(keeper->begin(now()));
  }

  void carry_out(const keeper_step& step) {
    for (const auto& x : step.messages)
      log(x);
    if (step.serve)
      self->send(
          setup.gateway,
          serving_certificate{
              std::make_shared<const std::string>(step.serve->certificate),
              std::make_shared<const std::string>(step.serve->key)});
    if (step.request)
      send(*step.request);
    else
      self->delayed_send(self, step.again_in, look_again{});
  }

  void send(const api_request& request) {
    self->request(setup.client, lost_after, request)
        .then(
            [this](const api_response& x) {
              carry_out(keeper->answered(x, now()));
            },
            [this](const caf::error& x) {
              auto none = no_answer("the API client did not answer: " +
                                    self->system().render(x));
              carry_out(keeper->answered(none, now()));
            });
  }

  pointer self;
  certificates_setup setup;
  std::optional<certificate_keeper> keeper;
};

certificates_actor::behavior_type certificates(certificates_state::pointer self,
                                               certificates_setup setup) {
  self->state.keeper.emplace(setup.settings);
  self->state.setup = std::move(setup);
  self->send(self, look_again{});
  return {
      [self](const look_again&) { self->state.reconcile(); },
  };
}

} // namespace

certificates_actor spawn_certificates(caf::actor_system& system,
                                      certificates_setup setup) {
  return system.spawn(certificates, std::move(setup));
}

} // namespace locust
