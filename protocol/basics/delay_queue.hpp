#pragma once

#include "protocol/time.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace locust {

/// Keys with due times. `Key` needs an order and a hash. Of keys that are due
/// at the same time, the least one comes first.
template <class Key>
class delay_queue {
public:
  /// Adds `key`, or changes its due time.
  void put(const Key& key, monotonic_time due) {
    auto [at, is_new] = due_.try_emplace(key, due);
    if (!is_new) {
      order_.erase({at->second, key});
      at->second = due;
    }
    order_.emplace(due, key);
  }

  /// Removes `key`, if present.
  void erase(const Key& key) {
    auto at = due_.find(key);
    if (at == due_.end())
      return;
    order_.erase({at->second, key});
    due_.erase(at);
  }

  /// Removes and returns the key that is due for longest; nothing when none is
  /// due at `now`.
  std::optional<Key> take(monotonic_time now) {
    if (order_.empty() || order_.begin()->first > now)
      return std::nullopt;
    auto first = order_.extract(order_.begin());
    due_.erase(first.value().second);
    return std::move(first.value().second);
  }

  /// Returns the earliest due time; nothing if the queue is empty.
  std::optional<monotonic_time> next() const {
    if (order_.empty())
      return std::nullopt;
    return order_.begin()->first;
  }

  bool contains(const Key& key) const {
    return due_.contains(key);
  }

  bool empty() const {
    return order_.empty();
  }

  size_t size() const {
    return order_.size();
  }

private:
  std::set<std::pair<monotonic_time, Key>> order_;
  std::unordered_map<Key, monotonic_time> due_;
};

} // namespace locust
