#pragma once

#include "tools/lib/bench/player/client.hpp"
#include "tools/lib/bench/player/plan.hpp"

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

  /// Creates a pod of a Job and runs it. `uid`: of the Job. `body`:
  /// `master_pod` or `worker_pod` of the plan.
  void make(const std::string& test, const std::string& job,
            const std::string& uid, size_t number, const text_template& body);

  /// The main container of a pod ends with exit code 1.
  void fail(const std::string& job, size_t number);

private:
  void set(const std::string& job, size_t number, std::string_view status);

  client& by_;
  const plan& plan_;
};

} // namespace locust::bench
