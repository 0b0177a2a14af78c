#pragma once

#include "actors/journal/journal_file.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

// The half of the journal that waits for the disk, and what the other half says
// to it.

namespace locust {

/// Write these.
struct journal_batch {
  std::shared_ptr<const std::vector<journal_entry>> entries;
};

/// The batch has been dealt with; send the next.
struct journal_ready {};

/// Write what is left to say, wait for the disk, quit.
struct journal_close {};

using journal_writer_actor =
    caf::typed_actor<caf::replies_to<journal_batch>::with<journal_ready>,
                     // Answers whether the file tells everything.
                     caf::replies_to<journal_close>::with<bool>>;

/// Starts the writer, on a thread of its own.
journal_writer_actor spawn_journal_writer(caf::actor_system& system,
                                          journal_options options);

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_close)
