#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// What the programs of this folder have in common.

namespace locust::fuzz {

/// Tries one input. Each program defines it; libfuzzer.cpp or replay.cpp calls
/// it.
void try_input(std::string_view input);

/// Ends the program with a stack trace unless a property `holds`.
inline void check(bool holds, const std::string& property) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", property.c_str());
  std::abort();
}

/// Checks that a failure is told in a sentence that begins with what failed.
inline void check_sentence(const std::string& message,
                           std::string_view subject) {
  check(message.starts_with(subject) && message.size() > subject.size(),
        "a failure says what is wrong with " + std::string(subject) +
            ", not: " + message);
}

} // namespace locust::fuzz
