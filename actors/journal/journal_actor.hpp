#pragma once

#include "actors/journal/journal_file.hpp"

#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

namespace locust {

/// Starts the journal: a front that takes lines and holds at most
/// `line_queue::byte_limit` of them, and behind it a writer with a thread of
/// its own, the only one that a slow disk holds up. Quits after it has answered
/// a `stop_request`. Call once; file size limits of the process (SIGXFSZ) are
/// turned into ordinary write errors by it.
journal_actor spawn_journal(caf::actor_system& system, journal_options options);

} // namespace locust
