#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/replies_to.hpp>
#include <caf/response_promise.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <vector>

// Runs actors in one thread and in test time: nothing runs until the test says
// so, and every run is the same. Detached actors would still be real threads:
// use a `mock` instead.
//
//   struct fixture : test::actor_fixture {
//     test::mock<api_client_actor> api{*this};
//     status_writer_actor writer = keep(spawn_status_writer(system, api));
//   };
//   ...
//   tell(writer, save_status{...});
//   BOOST_TEST(api.received<api_request>().size() == 1u);
//   api.reply<api_request>(answer(200));
//   advance(5s);

namespace locust::test {

/// An actor system with test scheduler and test clock. Derive the fixture of a
/// suite from it; mocks and handles are members of the derived struct, so they
/// are destroyed before the system.
class actor_fixture {
public:
  actor_fixture()
      : system(configured(config_)),
        scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(
            system.scheduler())) {
    // The test clock starts at its epoch; actors subtract durations from now.
    scheduler.clock().current_time += std::chrono::hours(1);
  }

  actor_fixture(const actor_fixture&) = delete;
  actor_fixture& operator=(const actor_fixture&) = delete;

  ~actor_fixture() {
    for (auto& actor : kept_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    kept_.clear();
    run();
    // Pending timers keep actors alive.
    scheduler.clock().cancel_all();
    run();
  }

  /// Runs actors until no message is left; time does not advance.
  void run() {
    scheduler.run();
  }

  /// Advances time by `d`, stopping at every timer to run the actors, so that
  /// timers set by timers fire in order.
  void advance(std::chrono::nanoseconds d) {
    run();
    auto& clock = scheduler.clock();
    auto end = clock.now() + d;
    while (!clock.schedule().empty() &&
           clock.schedule().begin()->first <= end) {
      auto due = clock.schedule().begin()->first;
      auto ahead = due > clock.now() ? due - clock.now() : caf::timespan{0};
      clock.advance_time(ahead);
      run();
    }
    clock.advance_time(end - clock.now());
    run();
  }

  /// Sends `x` and runs until no message is left.
  template <class Handle, class T>
  void tell(const Handle& receiver, T x) {
    caf::anon_send(receiver, std::move(x));
    run();
  }

  /// Sends the request `x` and runs. The answer is stored in the returned slot
  /// when it arrives, now or after a later `run` or `advance`; an error leaves
  /// it empty.
  template <class Answer, class Handle, class T>
  std::shared_ptr<std::optional<Answer>> ask(const Handle& receiver, T x) {
    auto answer = std::make_shared<std::optional<Answer>>();
    // The slot is an argument, because for an actor function without arguments
    // CAF binds a reference to null, on which UBSan stops the test.
    system.spawn(
        [receiver, x](caf::event_based_actor* self,
                      std::shared_ptr<std::optional<Answer>> slot) {
          self->request(receiver, caf::infinite, x)
              .then([slot](const Answer& y) { *slot = y; },
                    [](const caf::error&) {
                      // nop
                    });
        },
        answer);
    run();
    return answer;
  }

  /// Returns `actor`, which is killed before the system shuts down.
  template <class Handle>
  Handle keep(Handle actor) {
    kept_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Returns whether `actor` has not quit yet.
  template <class Handle>
  static bool alive(const Handle& actor) {
    auto* ptr = caf::actor_cast<caf::monitorable_actor*>(actor);
    return ptr != nullptr &&
           !ptr->getf(caf::abstract_actor::is_terminated_flag);
  }

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("testing"));
    return config;
  }

  caf::actor_system_config config_;
  std::vector<caf::actor> kept_;

public:
  caf::actor_system system;
  caf::scheduler::test_coordinator& scheduler;
};

namespace detail {

/// Makes a mock run `work` as itself: only then it can deliver promises.
struct errand {
  std::function<void()> work;
};

/// The recorded messages of one type of a mock.
template <class Signature>
struct inbox;

template <class In>
struct inbox<caf::reacts_to<In>> {
  using input = In;

  static auto handler(caf::event_based_actor*, std::shared_ptr<inbox> box) {
    return [box](const In& x) {
      box->received.push_back(x);
    };
  }

  void forget() {
    // nop
  }

  std::vector<In> received;
};

template <class In, class Out>
struct inbox<
    caf::typed_mpi<caf::detail::type_list<In>, caf::output_tuple<Out>>> {
  using input = In;
  using output = Out;

  static auto handler(caf::event_based_actor* self,
                      std::shared_ptr<inbox> box) {
    return [self, box](const In& x) {
      auto promise = self->make_response_promise();
      box->received.push_back(x);
      box->open.push_back(promise);
      return promise;
    };
  }

  void forget() {
    open.clear();
  }

  std::vector<In> received;
  std::deque<caf::response_promise> open;
};

template <class Signatures>
struct inboxes;

template <class... Signatures>
struct inboxes<caf::detail::type_list<Signatures...>> {
  using type = std::tuple<std::shared_ptr<inbox<Signatures>>...>;

  static type make() {
    return {std::make_shared<inbox<Signatures>>()...};
  }
};

} // namespace detail

/// A mock of a typed actor: records every message and answers requests when and
/// as the test demands. Converts to the actor handle.
template <class Handle>
class mock {
public:
  explicit mock(actor_fixture& fixture)
      : fixture_(fixture), boxes_(detail::inboxes<signatures>::make()),
        handle_(caf::actor_cast<Handle>(
            fixture.system.spawn(&mock::behavior, boxes_))) {
    fixture_.run();
  }

  mock(const mock&) = delete;
  mock& operator=(const mock&) = delete;

  ~mock() {
    // Open promises keep the actor alive, which owns the inboxes.
    std::apply([](auto&... box) { (box->forget(), ...); }, boxes_);
    caf::anon_send_exit(handle_, caf::exit_reason::kill);
  }

  const Handle& handle() const {
    return handle_;
  }

  operator const Handle&() const {
    return handle_;
  }

  /// All messages of type `In` so far, oldest first. The test may clear it.
  template <class In>
  std::vector<In>& received() {
    return box<In>().received;
  }

  /// Number of requests of type `In` that have no answer yet.
  template <class In>
  size_t unanswered() {
    return box<In>().open.size();
  }

  /// Answers the oldest open request of type `In` (or the `index`-th open one)
  /// and runs.
  template <class In, class Out>
  void reply(Out answer, size_t index = 0) {
    using expected = typename std::decay_t<decltype(box<In>())>::output;
    static_assert(std::is_same_v<expected, Out>, "not what it answers with");
    deliver(take<In>(index), std::move(answer));
  }

  /// Fails the oldest open request of type `In` as a dead actor would.
  template <class In>
  void reply_error(caf::error reason, size_t index = 0) {
    deliver(take<In>(index), std::move(reason));
  }

private:
  using signatures = typename Handle::signatures;
  using boxes = typename detail::inboxes<signatures>::type;

  static caf::behavior behavior(caf::event_based_actor* self, boxes all) {
    return std::apply(
        [self](auto&... box) {
          return caf::behavior{
              std::decay_t<decltype(*box)>::handler(self, box)...,
              [](const detail::errand& x) {
                x.work();
              }};
        },
        all);
  }

  template <class In, size_t I = 0>
  auto& box() {
    using candidate = typename std::tuple_element_t<I, boxes>::element_type;
    if constexpr (std::is_same_v<typename candidate::input, In>)
      return *std::get<I>(boxes_);
    else
      return box<In, I + 1>();
  }

  template <class In>
  caf::response_promise take(size_t index) {
    auto& open = box<In>().open;
    if (index >= open.size())
      throw std::out_of_range("the mock has no such open request");
    auto promise = open[index];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
    return promise;
  }

  template <class T>
  void deliver(caf::response_promise promise, T answer) {
    detail::errand order{[promise, answer]() mutable {
      promise.deliver(std::move(answer));
    }};
    caf::anon_send(caf::actor_cast<caf::actor>(handle_), std::move(order));
    fixture_.run();
  }

  actor_fixture& fixture_;
  boxes boxes_;
  Handle handle_;
};

} // namespace locust::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::test::detail::errand)
