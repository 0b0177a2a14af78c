#pragma once

#include "actors/certificates/certificate_keeper.hpp"
#include "fake_cluster.hpp"
#include "props.hpp"

#include <boost/test/unit_test.hpp>

namespace locust::test {

inline certificate_settings settings_of(uint64_t seed) {
  certificate_settings settings;
  settings.service = {"ns", "hook"};
  settings.secret_name = "certs";
  settings.configuration_name = "locust-operator-validating";
  settings.seed = seed;
  return settings;
}

/// A keeper with a stand-in for its actor, in test time.
class replica {
public:
  explicit replica(fake_cluster& cluster, uint64_t seed = 1)
      : keeper_(settings_of(seed)), cluster_(cluster) {
    // nop
  }

  /// One complete reconciliation.
  void reconcile(moment now) {
    begin(now);
    while (step(now))
      continue;
  }

  void begin(moment now) {
    take(keeper_.begin(now));
  }

  /// Sends the next request and takes its answer. Returns whether there was
  /// one.
  bool step(moment now) {
    if (!next_)
      return false;
    take(keeper_.answered(cluster_.answer_to(*next_), now));
    return true;
  }

  bool idle() const {
    return !next_.has_value();
  }

  std::chrono::milliseconds again_in() const {
    return again_in_;
  }

  /// All pairs to serve; the last one counts.
  std::vector<certificate_pair> served;
  std::vector<log_message> said;

  /// Number of messages that contain the word.
  size_t said_with(const std::string& word) const {
    size_t n = 0;
    for (const auto& x : said)
      n += x.text.find(word) != std::string::npos ? 1 : 0;
    return n;
  }

private:
  void take(keeper_step x) {
    for (auto& one : x.messages)
      said.push_back(std::move(one));
    if (x.serve)
      served.push_back(std::move(*x.serve));
    next_ = std::move(x.request);
    again_in_ = x.again_in;
  }

  certificate_keeper keeper_;
  fake_cluster& cluster_;
  std::optional<api_request> next_;
  std::chrono::milliseconds again_in_{0};
};

} // namespace locust::test
