#pragma once

#include "test/simulation/invariants.hpp"
#include "test/simulation/watch_stream.hpp"
#include "test/unit/support/core_mirror.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace locust::simulation {

/// How the connection to the API server is at present.
struct network {
  /// Nothing gets through.
  bool down = false;
  /// Of a hundred requests, so many get no answer although they were carried
  /// out, or were not carried out at all.
  int lost = 0;
  /// Requests that are turned away (429), of a hundred.
  int turned_away = 0;
};

/// One supervisor with what surrounds it in the operator: watches, status
/// writer, resource builder, event recorder, load sampler. Can die and come
/// back at any time.
class operator_process {
public:
  operator_process(timeline& time, chance& dice, cluster& cluster,
                   invariants& rules, const supervisor_rules& settings);

  network net;
  /// Longest time that an answer takes.
  duration slowness = 50ms;

  void start();

  /// kill -9; what was sent may still arrive.
  void crash();

  /// The stored status keeps what the reference operator's CRD knows of it.
  void lose_history();

  bool up() const {
    return core_ != nullptr;
  }

  watch_stream& stream(watched_kind kind) {
    return *streams_[static_cast<size_t>(kind)];
  }

  /// What the API server has as `.status`; nothing before the first write.
  const std::optional<lifecycle::state>& stored() const {
    return stored_;
  }

  const supervisor_core* core() const {
    return core_.get();
  }

  int status_writes() const {
    return writes_;
  }

private:
  void on_observation(const observation& what);
  void take_up(std::shared_ptr<const locust_test> test);

  /// Hands an input to the core, if it is up; carries out what comes out.
  template <class On, class... Input>
  void run(On on, const Input&... input);

  void carry_out(const effect::create_child& what);
  void carry_out(const effect::save_status& what);
  void carry_out(const effect::record_event& what);
  void carry_out(const effect::remove_finalizer& what);
  void carry_out(const effect::set_timer& what);
  void carry_out(const effect::quit& what);
  void carry_out(const effect::follow_master& what);
  void carry_out(const effect::unfollow_master& what);
  void carry_out(const effect::journal& what);
  void carry_out(const effect::log_defect& what);
  void carry_out(const effect::log_warning& what);

  template <class Other>
  void carry_out(const Other&) {
    // logs, which the mirror tells, and what one replica never does
  }

  void build(child_kind child, const std::string& spec);
  void save();
  void send_status();
  void sample();
  void quit();

  /// Runs `what` after a while unless this process has died by then.
  void later(duration delay, std::function<void()> what);

  /// Until a request is carried out. Less than any restart takes: a new process
  /// never meets requests of the one before.
  duration travel_time() {
    return std::min(latency(), duration(100ms));
  }

  duration latency() {
    return dice_.between(duration(1000), slowness);
  }

  timeline& time_;
  chance& dice_;
  cluster& cluster_;
  invariants& rules_;
  supervisor_rules settings_;
  std::unique_ptr<supervisor_core> core_;
  testing::core_mirror mirror_;
  std::array<std::unique_ptr<watch_stream>, watched_kind_count> streams_;
  /// Observations that came before the LocustTest itself did.
  observations early_;
  uint64_t life_ = 0;
  bool follows_ = false;
  bool sampling_ = false;
  std::optional<effect::save_status> waiting_;
  bool writing_ = false;
  bool joining_ = false;
  std::optional<lifecycle::state> stored_;
  bool history_lost_ = false;
  int writes_ = 0;
};

} // namespace locust::simulation
