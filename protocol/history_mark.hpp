#pragma once

#include "protocol/time.hpp"

#include <cstdint>

namespace locust {

/// Tells one `.status.history` from another: its last entry. No two writers
/// come to the same number at the same microsecond.
struct history_mark {
  /// 0: there is no history.
  uint64_t sequence = 0;
  timestamp at{};

  bool operator==(const history_mark&) const = default;
};

/// Whether a history that ends with `found` has been written by somebody else
/// after the one that ends with `base`. A shorter one is none that an operator
/// writes: a person has put it there.
inline bool is_ahead(const history_mark& found, const history_mark& base) {
  return found.sequence > 0 && found.sequence >= base.sequence && found != base;
}

} // namespace locust
