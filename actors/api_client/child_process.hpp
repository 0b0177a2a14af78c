#pragma once

#include "protocol/error.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace locust {

/// A program to run. It is looked up in PATH unless `command` has a slash.
struct child_program {
  std::string command;
  std::vector<std::string> arguments;
  /// Added to the environment of this process; replaces variables of the same
  /// name.
  std::vector<std::pair<std::string, std::string>> environment;
};

struct child_output {
  /// Exit code, or 128 + signal.
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs the program with empty standard input and waits for its end. It gets
/// its own process group and no open files except its pipes. The group is
/// killed and the call fails after `deadline`, when the program prints more
/// than `output_limit` bytes on one pipe, or when `cancel_fd` becomes readable.
/// Blocks.
result<child_output> run_child(const child_program& program,
                               std::chrono::milliseconds deadline,
                               size_t output_limit, int cancel_fd);

} // namespace locust
