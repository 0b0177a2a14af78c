#include "test/fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdint>

/// libFuzzer requires this name and the result 0.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  locust::fuzz::try_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
