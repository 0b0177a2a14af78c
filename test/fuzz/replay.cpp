#include "test/fuzz/fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

// usage: fuzz_<what> FOLDER
// Tests each file in the folder; used without libFuzzer.

namespace {

void try_file(const std::filesystem::path& file) {
  std::cout << file.filename().string() << '\n' << std::flush;
  std::ifstream in(file, std::ios::binary);
  // Without a NUL at the end, so that AddressSanitizer detects overruns.
  std::vector<char> all{std::istreambuf_iterator<char>(in), {}};
  all.shrink_to_fit();
  locust::fuzz::try_input({all.data(), all.size()});
}

} // namespace

int main(int argc, char** argv) {
  size_t tried = 0;
  for (int i = 1; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      try_file(entry.path());
      ++tried;
    }
  return tried > 0 ? 0 : 1;
}
