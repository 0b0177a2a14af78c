#pragma once

#include "actors/supervisor/supervisor_actor.hpp"
#include "actors/supervisor/supervisor_core.hpp"

// Messages of effects whose answer, if any, is a message of its own.

namespace locust {

/// A message and the actor that receives it.
template <class Actor, class Message>
struct addressed {
  const Actor& to; ///< belongs to the `supervisor_setup`
  Message message;
};

/// Returns the message of an effect. The effect may be moved from; answers go
/// to `supervisor`.
addressed<status_writer_actor, save_status>
message_of(effect::save_status& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<load_sampler_actor, follow_master>
message_of(effect::follow_master& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<load_sampler_actor, unfollow_master>
message_of(const effect::unfollow_master& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<event_recorder_actor, record_event>
message_of(effect::record_event& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<run_queue_actor, forget_run>
message_of(const effect::cancel_creations& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<journal_actor, journal_line>
message_of(effect::journal& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);

} // namespace locust
