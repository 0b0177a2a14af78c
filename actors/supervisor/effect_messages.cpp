#include "actors/supervisor/effect_messages.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/child_answer.hpp"

#include <memory>
#include <string>
#include <utility>

namespace locust {

namespace {

/// The client answers within its own deadline; this limit covers a lost answer.
constexpr auto answer_deadline = std::chrono::minutes(2);

question<api_client_actor, api_request, api_response>
to_server(const supervisor_setup& setup, api_request request,
          supervisor_effects (supervisor_core::*on_answer)(const api_response&,
                                                           timestamp)) {
  return {setup.client, std::move(request), on_answer, no_answer(),
          answer_deadline};
}

} // namespace

addressed<status_writer_actor, save_status>
message_of(effect::save_status& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor) {
  return {setup.writer,
          {core.key(), core.uid(), std::move(what.resource_version),
           what.revision, what.urgent, std::move(what.document), what.end,
           what.base, std::move(what.other_conditions), std::move(what.load),
           supervisor}};
}

addressed<status_writer_actor, save_figures>
message_of(effect::save_figures& what, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor& supervisor) {
  return {setup.writer,
          {core.key(), core.uid(), std::move(what.load), supervisor}};
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

addressed<report_keeper_actor, drop_report>
message_of(const effect::drop_report&, const supervisor_core& core,
           const supervisor_setup& setup, const supervisor_actor&) {
  return {setup.keeper, {core.uid()}};
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

question<run_queue_actor, build_child, child_result>
request_of(effect::create_child& what, const supervisor_core& core,
           const supervisor_setup& setup) {
  const auto& key = core.key();
  return {setup.queue,
          {key, core.uid(), what.child, std::move(what.spec),
           core.observed().test->created, what.begun},
          &supervisor_core::on_child_result,
          lost_answer(key.name, what.child),
          // The queue always answers, however long the child waits.
          std::nullopt};
}

question<api_client_actor, api_request, api_response>
request_of(const effect::read_test&, const supervisor_core& core,
           const supervisor_setup& setup) {
  return to_server(setup, read_test(core.key()),
                   &supervisor_core::on_test_read);
}

question<api_client_actor, api_request, api_response>
request_of(const effect::confirm_existence&, const supervisor_core& core,
           const supervisor_setup& setup) {
  return to_server(setup, read_test(core.key()),
                   &supervisor_core::on_existence_read);
}

question<api_client_actor, api_request, api_response>
request_of(effect::remove_finalizer& what, const supervisor_core&,
           const supervisor_setup& setup) {
  return to_server(setup, std::move(what.request),
                   &supervisor_core::on_finalizer_answer);
}

question<api_client_actor, api_request, api_response>
request_of(effect::suspend_job& what, const supervisor_core&,
           const supervisor_setup& setup) {
  return to_server(setup, std::move(what.request),
                   &supervisor_core::on_job_suspended);
}

question<report_keeper_actor, keep_report, report_result>
request_of(effect::keep_report& what, const supervisor_core& core,
           const supervisor_setup& setup) {
  return {setup.keeper,
          {core.key(), core.uid(), std::move(what.web_url), what.delay},
          &supervisor_core::on_report_settled,
          {{}, {}, "the operator is stopping"},
          // The keeper always answers, however long the report waits there.
          std::nullopt};
}

} // namespace locust
