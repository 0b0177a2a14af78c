#pragma once

#include "actors/metrics/operator_metrics.hpp"
#include "actors/supervisor/master_address.hpp"
#include "protocol/messages.hpp"
#include "protocol/operator_settings.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>

namespace locust {

/// Dependencies of the supervisors, shared by all of them. The actors outlive
/// the supervisors.
struct supervisor_setup {
  api_client_actor client;
  run_queue_actor queue;
  status_writer_actor writer;
  event_recorder_actor recorder;
  load_sampler_actor sampler;
  /// Null handle when reports are not kept.
  report_keeper_actor keeper;
  /// Null handle when there is no journal.
  journal_actor journal;
  /// Learns of runs that need nothing more; null handle when nobody does.
  operator_actor root;
  std::shared_ptr<const operator_settings> settings;
  /// False: the supervisor only observes until it receives `leadership`.
  bool leads = true;
  /// Other replicas can become the leader, too.
  bool elects = false;
  /// Jobs that still run after the end are suspended.
  bool suspends = true;
  /// How masters are asked.
  master_access access = master_access::direct;
  supervisor_metrics metrics;
  /// Wall clock; called from the supervisors' threads.
  std::function<timestamp()> now;
  /// Returns a clock for one LocustTest, which begins as the wall clock and
  /// never steps (`run_clock`).
  std::function<std::function<timestamp()>()> start_clock;
};

/// Starts the supervisor of `test`, which continues from the stored status. It
/// acts once it leads and complete lists of Services, Jobs and Pods have been
/// reported. It quits when the LocustTest is gone or on `stop_request`.
/// `stored_here`: this process has stored the status of `test`.
supervisor_actor spawn_supervisor(caf::actor_system& system,
                                  std::shared_ptr<const supervisor_setup> setup,
                                  std::shared_ptr<const locust_test> test,
                                  bool stored_here = false);

} // namespace locust
