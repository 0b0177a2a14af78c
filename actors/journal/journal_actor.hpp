#pragma once

#include "actors/journal/journal_writer_actor.hpp"

namespace locust {

/// Starts the journal: a front that accepts lines, and a writer with a thread
/// of its own, so that a slow disk blocks nothing else. The front holds at most
/// `line_queue::byte_limit` bytes and gives the writer one batch at a time. The
/// writer's answer is the only flow control; senders need none.
///
/// The actor quits after it has answered a `stop_request`, at most 3 s later.
/// Makes the process ignore SIGXFSZ and SIGPIPE, so that a file size limit or a
/// closed pipe is a write error instead of the end of the process.
journal_actor spawn_journal(caf::actor_system& system, journal_options options);

/// Starts the front alone with this writer, which ends together with it.
journal_actor spawn_journal_front(caf::actor_system& system,
                                  journal_writer_actor writer);

} // namespace locust
