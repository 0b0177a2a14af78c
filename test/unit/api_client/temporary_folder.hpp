#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace locust::test {

/// A folder of its own for each test case; gone afterwards.
class temporary_folder {
public:
  temporary_folder() {
    auto pattern =
        (std::filesystem::temp_directory_path() / "api-client-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("no temporary folder is to be had");
    path_ = pattern;
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name) const {
    return path_ / name;
  }

  /// Writes the file, with the folders on the way, and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    auto target = path_ / name;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream{target} << text;
    return target;
  }

private:
  std::filesystem::path path_;
};

} // namespace locust::test
