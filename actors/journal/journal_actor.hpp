#pragma once

#include "actors/journal/journal_writer_actor.hpp"

namespace locust {

/// Starts the journal: a front that takes lines, and behind it a writer with a
/// thread of its own, the only one that a slow disk holds up. The front holds
/// at most `line_queue::byte_limit` and gives the writer one batch at a time;
/// that answer is the whole flow control, so senders need none and nothing is
/// counted in two places.
///
/// Quits after it has answered a `stop_request`, 3 s later at most. Sets
/// SIGXFSZ and SIGPIPE of the process to be ignored, so that a file size limit
/// or a pipe without a reader are write errors and not the end.
journal_actor spawn_journal(caf::actor_system& system, journal_options options);

/// The front alone, on this writer; it takes the writer down with it.
journal_actor spawn_journal_front(caf::actor_system& system,
                                  journal_writer_actor writer);

} // namespace locust
