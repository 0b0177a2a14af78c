#pragma once

#include "protocol/time.hpp"

#include <cstdint>

namespace locust {

/// Identifies a `.status.history` by its last entry. Two writers never produce
/// the same number at the same microsecond.
struct history_mark {
  /// 0: there is no history.
  uint64_t sequence = 0;
  timestamp at{};

  bool operator==(const history_mark&) const = default;
};

/// Whether another writer wrote the history that ends with `found` after the
/// one that ends with `base`. A shorter history was not written by an operator,
/// but edited.
inline bool is_ahead(const history_mark& found, const history_mark& base) {
  return found.sequence > 0 && found.sequence >= base.sequence && found != base;
}

} // namespace locust
