#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace locust {

/// A map of at most `capacity` keys. A new key replaces the least recently used
/// one; `operator[]` and `find` both count as a use.
template <class Value>
class lru_map {
public:
  /// `capacity`: at least 1.
  explicit lru_map(size_t capacity) : capacity_(capacity) {
    // nop
  }

  /// Returns the value of `key`; inserts a default one if there is none. Valid
  /// until the next call of this function.
  Value& operator[](const std::string& key) {
    if (auto* known = find(key))
      return *known;
    if (order_.size() >= capacity_) {
      index_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, Value{});
    index_.emplace(order_.front().first, order_.begin());
    return order_.front().second;
  }

  /// Returns the value of `key`, or null. Valid until the next call of
  /// `operator[]`.
  Value* find(std::string_view key) {
    auto i = index_.find(key);
    if (i == index_.end())
      return nullptr;
    order_.splice(order_.begin(), order_, i->second);
    return &i->second->second;
  }

  size_t size() const {
    return order_.size();
  }

private:
  using entries = std::list<std::pair<const std::string, Value>>;

  size_t capacity_;
  /// Most recently used first. List nodes do not move, so `index_` can hold
  /// views of their keys.
  entries order_;
  std::unordered_map<std::string_view, typename entries::iterator> index_;
};

} // namespace locust
