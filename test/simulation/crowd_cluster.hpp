#pragma once

#include "protocol/api_call.hpp"
#include "protocol/children.hpp"
#include "protocol/json.hpp"
#include "protocol/observation.hpp"
#include "protocol/run_messages.hpp"
#include "test/simulation/timeline.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace locust::simulation {

/// Many LocustTests at once, with what people, kube-apiserver, the Job
/// controller, the kubelet and Locust do about them when nothing goes wrong but
/// some tests themselves. `cluster` plays one LocustTest with all that can
/// happen to it.
class crowd_cluster {
public:
  /// How many requests the API server works on at once, and how long each
  /// takes.
  static constexpr size_t slots = 8;
  static constexpr duration request_takes{4000};

  crowd_cluster(timeline& time, chance& dice, size_t tests);

  /// Called with each change of an object, some time after it was made.
  std::function<void(watched_kind kind, observation what)> on_change;

  /// People create the LocustTests, all within a second.
  void begin();

  /// Answers the request when the API server has got to it.
  void send(api_request request,
            std::function<void(const api_response& response)> done);

  /// What the Locust master of this LocustTest says.
  load_sample ask_master(const object_key& test) const;

  /// Carried out by the API server: creations of Services and Jobs, status
  /// writes, Events.
  struct tally {
    size_t creations = 0;
    size_t status_writes = 0;
    size_t events = 0;
    /// Of all status documents.
    size_t status_bytes = 0;
  };

  const tally& written() const {
    return written_;
  }

  /// When each LocustTest had all its children, in this order.
  const std::vector<timestamp>& complete_at() const {
    return complete_at_;
  }

  /// Tests that have not come to the right end, each as one line.
  std::vector<std::string> problems() const;

private:
  struct life {
    locust_test test;
    service_seen service;
    per_child<job_seen> jobs;
    per_child<std::vector<pod_seen>> pods;
    bool fails = false;
    bool makes_load = false;
    std::string phase;
  };

  api_response answer(const api_request& request);
  api_response create(const json::value& manifest, std::string_view kind);
  api_response suspend(const std::string& ns, const std::string& job);
  api_response store_status(life& of, const json::value& steps);
  void create_job(life& of, child_kind child, job_seen job, int pods);
  void run_pods(life& of, child_kind child);
  void end_pods(life& of, child_kind child);
  std::string next_version();
  template <class Seen>
  void show(watched_kind kind, Seen& object);

  timeline& time_;
  chance& dice_;
  /// By `ns/name`; elements stay where they are.
  std::unordered_map<std::string, life> lives_;
  std::vector<life*> in_order_;
  std::array<timestamp, slots> free_at_{};
  uint64_t version_ = 0;
  tally written_;
  std::vector<timestamp> complete_at_;
};

} // namespace locust::simulation
