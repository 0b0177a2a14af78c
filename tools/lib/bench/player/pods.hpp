#pragma once

#include "tools/lib/bench/player/client.hpp"
#include "tools/lib/bench/player/plan.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace locust::bench {

/// Creates pods like the Job controller, and runs them like the kubelet.
class pod_writer {
public:
  /// `by` and `from` must outlive this.
  pod_writer(client& by, const plan& from) : by_(by), plan_(from) {
    // nop
  }

  /// A pod of a Job.
  struct place {
    const std::string& test;
    const std::string& job;
    /// Of the Job.
    const std::string& uid;
    size_t number = 0;
  };

  /// Creates a pod and runs it. `body`: `master_pod` or `worker_pod` of the
  /// plan. `address`: its IP address; empty for none. `runs` is called when the
  /// API server knows that it runs.
  void make(
      const place& where, const text_template& body,
      const std::string& address = {}, std::function<void()> runs = [] {});

  /// The main container of a pod ends with this exit code.
  void end(
      const std::string& job, size_t number, int code,
      const std::function<void()>& done = [] {});

private:
  void set(const std::string& job, size_t number, const std::string& status,
           const std::function<void()>& done);

  client& by_;
  const plan& plan_;
};

} // namespace locust::bench
