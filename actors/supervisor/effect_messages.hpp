#pragma once

#include "actors/supervisor/supervisor_actor.hpp"
#include "actors/supervisor/supervisor_core.hpp"

#include <chrono>
#include <optional>

// Messages of effects: those whose answer, if any, is a message of its own, and
// requests.

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
addressed<status_writer_actor, save_figures>
message_of(effect::save_figures& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<load_sampler_actor, follow_master>
message_of(effect::follow_master& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<load_sampler_actor, unfollow_master>
message_of(const effect::unfollow_master& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor);
addressed<report_keeper_actor, drop_report>
message_of(const effect::drop_report& what, const supervisor_core& core,
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

/// A request, the actor that answers it, and the input that the answer is.
template <class Actor, class Request, class Answer>
struct question {
  const Actor& to; ///< belongs to the `supervisor_setup`
  Request content;
  supervisor_effects (supervisor_core::*on_answer)(const Answer&, timestamp);
  Answer none; ///< the input when there is no answer in time
  /// Nothing: there is always an answer.
  std::optional<std::chrono::minutes> patience;
};

/// Returns the request of an effect, which may be moved from.
question<run_queue_actor, build_child, child_result>
request_of(effect::create_child& what, const supervisor_core& core,
           const supervisor_setup& setup);
question<api_client_actor, api_request, api_response>
request_of(const effect::read_test& what, const supervisor_core& core,
           const supervisor_setup& setup);
question<api_client_actor, api_request, api_response>
request_of(const effect::confirm_existence& what, const supervisor_core& core,
           const supervisor_setup& setup);
question<api_client_actor, api_request, api_response>
request_of(effect::remove_finalizer& what, const supervisor_core& core,
           const supervisor_setup& setup);
question<api_client_actor, api_request, api_response>
request_of(effect::suspend_job& what, const supervisor_core& core,
           const supervisor_setup& setup);
question<report_keeper_actor, keep_report, report_result>
request_of(effect::keep_report& what, const supervisor_core& core,
           const supervisor_setup& setup);

} // namespace locust
