#include "actors/journal/journal_actor.hpp"

#include "actors/journal/line_queue.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <csignal>

namespace locust {

namespace {

/// The orderly stop has lasted long enough.
struct journal_overdue {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_overdue)

namespace locust {

namespace {

/// An orderly stop does not wait longer for a disk.
constexpr std::chrono::seconds stop_limit{3};

using front = journal_actor::extend<caf::reacts_to<journal_overdue>>;

struct front_state {
  static constexpr const char* name = "journal";

  explicit front_state(front::pointer ptr) : self(ptr) {
    // nop
  }

  void take(const journal_line& x) {
    if (!x.line)
      return;
    bool room = queue.push(x.line);
    if (!room && !crowded)
      spdlog::warn("the journal cannot keep up; it has a gap now");
    crowded = !room;
    go_on();
  }

  caf::typed_response_promise<bool> stop() {
    auto promise = self->make_response_promise<bool>();
    if (stopping.empty())
      self->delayed_send(self, stop_limit, journal_overdue{});
    stopping.push_back(promise);
    go_on();
    return promise;
  }

  /// Gives the writer the next batch when it has done the last one.
  void go_on() {
    if (busy)
      return;
    if (!queue.empty())
      hand_over();
    else if (!stopping.empty())
      close();
  }

  void hand_over() {
    busy = true;
    using entries = std::vector<journal_entry>;
    journal_batch batch{std::make_shared<const entries>(queue.take())};
    // No time limit: however long the disk takes, there is no second batch.
    self->request(writer, caf::infinite, std::move(batch))
        .then(
            [this](const journal_ready&) {
              busy = false;
              go_on();
            },
            [this](const caf::error&) { quit(false); });
  }

  void close() {
    busy = true;
    self->request(writer, caf::infinite, journal_close{})
        .then([this](bool all) { quit(all); },
              [this](const caf::error&) { quit(false); });
  }

  void quit(bool all) {
    for (auto& promise : stopping)
      promise.deliver(all);
    self->quit(caf::exit_reason::user_shutdown);
  }

  front::pointer self;
  journal_writer_actor writer;
  line_queue queue;
  /// A batch is with the writer.
  bool busy = false;
  bool crowded = false;
  std::vector<caf::typed_response_promise<bool>> stopping;
};

front::behavior_type journal_front(front::stateful_pointer<front_state> self,
                                   journal_writer_actor writer) {
  self->state.writer = std::move(writer);
  // Whatever ends the front ends the writer.
  self->link_to(self->state.writer);
  return {
      [self](const journal_line& x) { self->state.take(x); },
      [self](const stop_request&) { return self->state.stop(); },
      [self](const journal_overdue&) {
        spdlog::warn("gave up on journal lines that are not written yet");
        self->state.quit(false);
      },
  };
}

} // namespace

journal_actor spawn_journal(caf::actor_system& system,
                            journal_options options) {
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  return spawn_journal_front(system,
                             spawn_journal_writer(system, std::move(options)));
}

journal_actor spawn_journal_front(caf::actor_system& system,
                                  journal_writer_actor writer) {
  return system.spawn(journal_front, std::move(writer));
}

} // namespace locust
