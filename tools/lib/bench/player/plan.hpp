#pragma once

#include "protocol/error.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What a run of the player does; tools/lib/bench/player.py writes it. Values
// only.

namespace locust::bench {

/// A text with the placeholders `@NAME@`, `@NAMESPACE@`, `@UID@` and `@POD@`.
class text_template {
public:
  text_template() = default;
  explicit text_template(std::string_view text);

  std::string fill(std::string_view name, std::string_view name_space,
                   std::string_view uid, std::string_view pod = {}) const;

private:
  enum class what : uint8_t { text, name, name_space, uid, pod };
  struct part {
    what kind = what::text;
    std::string text;
  };
  std::vector<part> parts_;
};

/// A request of the bare client.
struct write_template {
  /// Of the collection; of the object for the status.
  text_template path;
  text_template body;
};

struct plan {
  /// `create`, `burst`, ...: see main.cpp.
  std::string command;
  std::string kubeconfig;
  std::string name_space;
  /// Names of tests are this and a number.
  std::string prefix = "t";
  size_t count = 0;
  /// How many of them end, in scenes where tests end.
  size_t finished = 0;
  /// Requests in flight of each role.
  size_t in_flight = 16;
  /// Whether the player also does the operator's work, as the bare client.
  bool is_floor = false;
  std::chrono::milliseconds patience{300'000};
  /// The LocustTest that users create.
  text_template test;
  /// Service, master Job, worker Job of the bare client.
  std::vector<write_template> children;
  /// Its status write.
  write_template status;
  /// Whether the burst has pods.
  bool has_pods = false;
  /// Pods of each worker Job in the scene `workers`.
  size_t workers = 0;
  text_template master_pod;
  text_template worker_pod;
  /// The IP address of the master pod of each test; without one, pods have no
  /// address.
  std::vector<std::string> addresses;
};

/// Reads a plan from JSON.
result<plan> read_plan(std::string_view text);

} // namespace locust::bench
