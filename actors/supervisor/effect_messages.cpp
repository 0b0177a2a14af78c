#include "actors/supervisor/effect_messages.hpp"

#include <memory>
#include <string>
#include <utility>

namespace locust {

addressed<status_writer_actor, save_status>
message_of(effect::save_status& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor) {
  return {setup.writer,
          {core.key(), core.uid(), std::move(what.resource_version),
           what.revision, what.urgent, std::move(what.document), what.end,
           what.base, std::move(what.other_conditions), supervisor}};
}

addressed<load_sampler_actor, follow_master>
message_of(effect::follow_master& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor) {
  return {setup.sampler, {core.uid(), std::move(what.master), supervisor}};
}

addressed<load_sampler_actor, unfollow_master>
message_of(const effect::unfollow_master&, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor&) {
  return {setup.sampler, {core.uid()}};
}

addressed<event_recorder_actor, record_event>
message_of(effect::record_event& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor&) {
  return {setup.recorder,
          {core.key(), core.uid(), std::move(what.event), setup.now()}};
}

addressed<run_queue_actor, forget_run>
message_of(const effect::cancel_creations&, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor&) {
  return {setup.queue, {core.uid()}};
}

addressed<journal_actor, journal_line> message_of(effect::journal& what,
                                                  const supervisor_core&,
                                                  const supervisor_setup& setup,
                                                  const supervisor_actor&) {
  return {setup.journal,
          {std::make_shared<const std::string>(std::move(what.line))}};
}

} // namespace locust
