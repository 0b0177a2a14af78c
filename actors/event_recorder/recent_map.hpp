#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace locust {

/// A map that remembers at most `capacity` keys: the one that was not asked for
/// the longest time makes room for a new one.
template <class Value>
class recent_map {
public:
  explicit recent_map(size_t capacity) : capacity_(capacity) {
    // nop
  }

  /// Returns the value of `key`, a new one if there is none. Valid until the
  /// next call.
  Value& operator[](const std::string& key) {
    if (auto i = index_.find(key); i != index_.end()) {
      order_.splice(order_.begin(), order_, i->second);
      return i->second->second;
    }
    if (order_.size() >= capacity_) {
      index_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, Value{});
    index_.emplace(order_.front().first, order_.begin());
    return order_.front().second;
  }

  /// Returns the value of `key`, or null. Valid until the next call.
  Value* find(const std::string& key) {
    auto i = index_.find(key);
    return i == index_.end() ? nullptr : &i->second->second;
  }

  size_t size() const {
    return order_.size();
  }

private:
  using entries = std::list<std::pair<const std::string, Value>>;

  size_t capacity_;
  /// Most recent first. List nodes stay where they are: `index_` views keys.
  entries order_;
  std::unordered_map<std::string_view, typename entries::iterator> index_;
};

} // namespace locust
