#include "actors/run_queue/run_queue_actor.hpp"

#include "actors/run_queue/run_queue.hpp"
#include "protocol/children.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <unordered_map>
#include <utility>
#include <vector>

namespace locust {

namespace {

struct pending_child {
  build_child order;
  caf::typed_response_promise<child_result> answer;
};

child_result not_built(const build_child& order, std::string why) {
  child_result none;
  none.child = order.child;
  none.name = child_name(order.test.name, order.child);
  none.message = std::move(why);
  none.transient = true;
  return none;
}

struct run_queue_state {
  static constexpr const char* name = "run_queue";

  using pointer = run_queue_actor::stateful_pointer<run_queue_state>;

  explicit run_queue_state(pointer owner) : self(owner) {
    // nop
  }

  caf::typed_response_promise<child_result> add(const build_child& order) {
    auto promise = self->make_response_promise<child_result>();
    auto id = ++last_id;
    pending.emplace(id, pending_child{order, promise});
    queue.push({id, order.test, order.test_uid, order.created, order.begun});
    pump();
    return promise;
  }

  void forget(const forget_run& x) {
    for (auto id : queue.forget(x.test_uid)) {
      auto order = pending.at(id).order;
      answer(id, not_built(order, "nothing is created any more"));
    }
  }

  caf::typed_response_promise<bool> stop() {
    stopping = true;
    auto promise = self->make_response_promise<bool>();
    stops.push_back(promise);
    pump();
    return promise;
  }

  void pump() {
    if (stopping)
      return tell_if_done();
    while (auto id = queue.next())
      self->request(builder, caf::infinite, std::move(pending.at(*id).order))
          .then([this, n = *id](
                    child_result& result) { finish(n, std::move(result)); },
                [this, n = *id](caf::error& reason) { fail(n, reason); });
  }

  void finish(uint64_t id, child_result result) {
    queue.finished(id);
    answer(id, std::move(result));
    pump();
  }

  void fail(uint64_t id, caf::error& reason) {
    queue.finished(id);
    pending.extract(id).mapped().answer.deliver(std::move(reason));
    pump();
  }

  void tell_if_done() {
    if (queue.in_flight() > 0)
      return;
    for (auto& promise : std::exchange(stops, {}))
      promise.deliver(true);
  }

  void answer(uint64_t id, child_result result) {
    pending.extract(id).mapped().answer.deliver(std::move(result));
  }

  pointer self;
  resource_builder_actor builder;
  run_queue queue;
  uint64_t last_id = 0;
  std::unordered_map<uint64_t, pending_child> pending;
  bool stopping = false;
  std::vector<caf::typed_response_promise<bool>> stops;
};

run_queue_actor::behavior_type run_queue_behavior(run_queue_state::pointer self,
                                                  resource_builder_actor to) {
  self->state.builder = std::move(to);
  return {
      [self](const build_child& x) { return self->state.add(x); },
      [self](const forget_run& x) { self->state.forget(x); },
      [self](const stop_request&) { return self->state.stop(); },
  };
}

} // namespace

run_queue_actor spawn_run_queue(caf::actor_system& system,
                                resource_builder_actor builder) {
  return system.spawn(run_queue_behavior, std::move(builder));
}

} // namespace locust
