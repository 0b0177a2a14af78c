#include "actors/journal/journal_actor.hpp"

#include "actors/journal/line_queue.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <csignal>

namespace locust {

namespace {

/// The time limit of a stop has passed.
struct journal_overdue {};

} // namespace

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_overdue)

namespace locust {

namespace {

/// How long a stop waits for the disk.
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
    if (!room && !full)
      spdlog::warn("the journal cannot keep up with the events; it has a gap");
    full = !room;
    send_next();
  }

  caf::typed_response_promise<bool> stop() {
    auto promise = self->make_response_promise<bool>();
    if (stopping.empty())
      self->delayed_send(self, stop_limit, journal_overdue{});
    stopping.push_back(promise);
    send_next();
    return promise;
  }

  /// Sends the next batch unless one is with the writer.
  void send_next() {
    if (busy)
      return;
    if (!queue.empty())
      send_batch();
    else if (!stopping.empty())
      close();
  }

  void send_batch() {
    busy = true;
    using entries = std::vector<journal_entry>;
    journal_batch batch{std::make_shared<const entries>(queue.take())};
    // Without a timeout: the writer gets one batch at a time, however slow the
    // disk is.
    self->request(writer, caf::infinite, std::move(batch))
        .then(
            [this](const journal_ready&) {
              busy = false;
              send_next();
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
  /// The writer has a batch.
  bool busy = false;
  bool full = false;
  std::vector<caf::typed_response_promise<bool>> stopping;
};

front::behavior_type journal_front(front::stateful_pointer<front_state> self,
                                   journal_writer_actor writer) {
  self->state.writer = std::move(writer);
  // The writer ends together with the front.
  self->link_to(self->state.writer);
  return {
      [self](const journal_line& x) { self->state.take(x); },
      [self](const stop_request&) { return self->state.stop(); },
      [self](const journal_overdue&) {
        spdlog::warn("stopped before all journal lines were written");
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
