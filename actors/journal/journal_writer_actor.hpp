#pragma once

#include "actors/journal/journal_file.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

// The actor that waits for the disk, and its messages.

namespace locust {

/// Request to write these entries.
struct journal_batch {
  std::shared_ptr<const std::vector<journal_entry>> entries;
};

/// Answer: the batch is done; send the next one.
struct journal_ready {};

/// Request to write a remaining gap, wait for the disk and quit.
struct journal_close {};

using journal_writer_actor =
    caf::typed_actor<caf::replies_to<journal_batch>::with<journal_ready>,
                     // Answers whether the file is complete, gaps marked.
                     caf::replies_to<journal_close>::with<bool>>;

/// Starts the writer, on a thread of its own.
journal_writer_actor spawn_journal_writer(caf::actor_system& system,
                                          journal_options options);

} // namespace locust

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(locust::journal_close)
