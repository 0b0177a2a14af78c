#include "protocol/basics/back_off.hpp"

namespace locust {

using std::chrono::milliseconds;

milliseconds back_off::delay(unsigned failures) const {
  auto limit = static_cast<double>(most.count());
  auto result = static_cast<double>(first.count());
  for (unsigned i = 1; i < failures && result < limit && factor > 1; ++i)
    result *= factor;
  return result < limit ? milliseconds(static_cast<milliseconds::rep>(result))
                        : most;
}

milliseconds spread(milliseconds base, milliseconds width, uint64_t random) {
  auto extra = random % static_cast<uint64_t>(width.count() + 1);
  return base + milliseconds(static_cast<milliseconds::rep>(extra));
}

} // namespace locust
