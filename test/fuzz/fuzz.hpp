#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// Shared by the programs of this folder.

namespace locust::fuzz {

/// Tests one input. Each program defines it; libfuzzer.cpp or replay.cpp calls
/// it.
void try_input(std::string_view input);

/// Aborts with a stack trace unless `holds`.
inline void check(bool holds, const std::string& property) {
  if (holds)
    return;
  std::fprintf(stderr, "property violated: %s\n", property.c_str());
  std::abort();
}

/// Checks that an error message starts with the subject of the error.
inline void check_sentence(const std::string& message,
                           std::string_view subject) {
  check(message.starts_with(subject) && message.size() > subject.size(),
        "an error message starts with \"" + std::string(subject) +
            "\": " + message);
}

} // namespace locust::fuzz
