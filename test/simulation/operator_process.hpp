#pragma once

#include "actors/operator/dispatcher.hpp"
#include "test/simulation/elector.hpp"
#include "test/simulation/invariants.hpp"
#include "test/simulation/process_life.hpp"
#include "test/simulation/simulated_builder.hpp"
#include "test/simulation/simulated_client.hpp"
#include "test/simulation/simulated_keeper.hpp"
#include "test/simulation/simulated_recorder.hpp"
#include "test/simulation/simulated_writer.hpp"
#include "test/simulation/supervised_test.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace locust::simulation {

/// What all processes have in common.
struct operator_setting {
  timeline& time;
  chance& dice;
  cluster& objects;
  story& told;
  invariants& checks;
  supervisor_rules rules;
  operator_settings settings;
};

/// One process of the operator, from its start to its end: the parts that
/// operator_actor starts, with their cores.
class operator_process {
public:
  /// `number` and `name` are those of its replica.
  operator_process(const operator_setting& setting,
                   const machine_clock& machine, network& net, size_t number,
                   std::string name);

  /// Called when it ends by itself, for this reason.
  std::function<void(const std::string& why)> on_end;

  void start();

  /// What SIGTERM does; ends with `on_end`.
  void stop();

  void on_observation(watched_kind kind, const observation& what);

  /// Whether it leads, or believes that it does, and may write now.
  bool may_write() const {
    return client_.may_write();
  }

  bool leads() const {
    return leads_;
  }

  bool is_stopping() const {
    return stopping_;
  }

  /// The run of this test needs nothing more, after `heard` observations.
  void retire(const supervised_test& test, uint64_t heard,
              std::shared_ptr<const finished_run> run);

  /// From now on nobody does anything about the Lease.
  void rest();

  /// The LocustTest's supervisor; null before it has begun.
  const supervised_test* test() const {
    return test_.get();
  }

  // -- for its parts ----------------------------------------------------------

  process_life& life() {
    return life_;
  }

  invariants& checks() {
    return setting_.checks;
  }

  simulated_client& client() {
    return client_;
  }

  simulated_writer& writer() {
    return writer_;
  }

  simulated_builder& builder() {
    return builder_;
  }

  simulated_keeper& keeper() {
    return keeper_;
  }

  simulated_recorder& recorder() {
    return recorder_;
  }

  const supervisor_rules& rules() const {
    return rules_;
  }

  size_t number() const {
    return number_;
  }

  const std::string& name() const {
    return name_;
  }

  /// What the Locust master says; nothing without a network.
  std::optional<load_sample> ask_master();

  /// What the Locust master answers when it is asked for a file.
  api_response ask_for_file();

  /// What the story tells from here on is of this process.
  void speak() {
    setting_.told.speaker = name_;
  }

  template <class What>
  void log(const What& what) {
    speak();
    setting_.told.log(what);
  }

private:
  std::shared_ptr<supervised_test>
  follow(std::shared_ptr<const locust_test> test, bool stored_here);
  void lead();
  void release();

  const operator_setting& setting_;
  network& net_;
  size_t number_;
  std::string name_;
  process_life life_;
  simulated_client client_;
  simulated_client lease_client_;
  simulated_writer writer_;
  simulated_builder builder_;
  simulated_keeper keeper_;
  simulated_recorder recorder_;
  std::optional<elector> elector_;
  supervisor_rules rules_;
  dispatcher<std::shared_ptr<supervised_test>> tests_;
  std::shared_ptr<supervised_test> test_;
  /// What was planned by one that has retired still refers to it.
  std::vector<std::shared_ptr<supervised_test>> past_;
  bool leads_ = false;
  bool stopping_ = false;
};

} // namespace locust::simulation
