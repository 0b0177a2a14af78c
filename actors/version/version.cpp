#include "actors/version/version.hpp"

namespace locust {

std::string version_line() {
  std::string line = "locust-operator ";
  line.append(version()).append(", commit ").append(commit());
  return line.append(" of ").append(build_date());
}

} // namespace locust
