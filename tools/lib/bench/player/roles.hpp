#pragma once

#include "tools/lib/bench/player/client.hpp"
#include "tools/lib/bench/player/plan.hpp"
#include "tools/lib/bench/player/watched.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

// The roles that the player takes: users, the Job controller, somebody who
// watches, and a bare client that does the least an operator must do.

namespace locust::bench {

/// The moments of one test, in seconds of the loop's clock.
struct test_times {
  std::string uid;
  double asked = 0;
  std::optional<double> created;
  /// The bare client has begun with its children.
  std::optional<double> begun;
  /// The condition Ready is True, as a watch reported it.
  std::optional<double> ready;
  /// Its phase is Running.
  std::optional<double> running;
  /// The write that its master Job is complete was sent and answered, and a
  /// watch reported that the test has ended.
  std::optional<double> completing;
  std::optional<double> completed;
  std::optional<double> ended;
  /// Jobs of it that a watch has reported, and when the last one came.
  int jobs = 0;
  std::optional<double> last_job;
};

/// By name, in the order of creation.
class test_list {
public:
  explicit test_list(const plan& from);

  test_times* find(std::string_view name);

  /// The place of a test that exists.
  size_t place_of(const std::string& name) const {
    return index_.at(name);
  }

  std::vector<std::string> names;
  std::vector<test_times> times;

private:
  std::unordered_map<std::string, size_t> index_;
};

/// Creates LocustTests. `created` is called with the number of each.
class users {
public:
  using on_created = std::function<void(size_t index)>;

  users(client& by, reactor& loop, const plan& from, test_list& tests,
        on_created created = {});

  /// Creates all tests.
  void create_all();
  void create(size_t index);

  size_t done() const {
    return done_;
  }

private:
  client& by_;
  reactor& loop_;
  const plan& plan_;
  test_list& tests_;
  on_created created_;
  size_t done_ = 0;
};

/// Plays the Job controller: each new Job has all its pods active at once,
/// which takes one request.
class job_controller {
public:
  /// Gets each new Job of a test.
  using on_job = std::function<void(const std::string& test,
                                    const std::string& job, size_t pods)>;

  job_controller(client& by, reactor& loop, const plan& from, test_list& tests,
                 on_job seen = {});

  /// The master Job of a test is complete.
  void complete(size_t index);

  /// Locust workers end with their master, and so does their Job; one that has
  /// not started completes when it has.
  void complete_workers(size_t index);

  /// All pods of a Job are ready.
  void set_ready(const std::string& job, size_t pods);

  /// The uid of a Job that a watch has reported; empty for another one.
  std::string uid_of(const std::string& job) const;

private:
  void take(std::string_view type, const json::value& job);
  void complete(const std::string& job, std::function<void()> done);

  client& by_;
  reactor& loop_;
  test_list& tests_;
  on_job on_job_;
  /// The uid of each Job, by name.
  std::unordered_map<std::string, std::string> seen_;
  /// Jobs that have a start time, without which none can complete, and those
  /// that are to complete as soon as they have.
  std::unordered_set<std::string> started_;
  std::unordered_set<std::string> ending_workers_;
  std::string collection_;
  watched jobs_;
};

/// Notes when tests become ready.
class readiness {
public:
  readiness(client& by, reactor& loop, const plan& from, test_list& tests);

  size_t ready() const {
    return ready_;
  }

  size_t running() const {
    return running_;
  }

  size_t ended() const {
    return ended_;
  }

private:
  void take(const json::value& test);

  reactor& loop_;
  test_list& tests_;
  size_t ready_ = 0;
  size_t running_ = 0;
  size_t ended_ = 0;
  watched watched_;
};

/// The floor: writes Service, master Job, worker Job and status of a test, one
/// after the other, for `in_flight` tests at once.
class bare_client {
public:
  bare_client(client& by, reactor& loop, const plan& from, test_list& tests);

  /// Once the test exists.
  void begin(size_t index);

  /// The three children at the same time; without a status.
  void begin_at_once(size_t index);

private:
  void fill();
  void step(size_t index, size_t child);
  void write(size_t index, size_t child, client::on_answer done);

  client& by_;
  reactor& loop_;
  const plan& plan_;
  test_list& tests_;
  std::deque<size_t> waiting_;
  size_t begun_ = 0;
};

} // namespace locust::bench
