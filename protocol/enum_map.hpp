#pragma once

#include <array>
#include <cstddef>

namespace locust {

/// One value for each of the `N` enumerators 0 to N-1 of `Enum`.
template <class Enum, class T, size_t N>
struct enum_map {
  std::array<T, N> values{};

  /// All enumerators.
  static constexpr std::array<Enum, N> keys() {
    std::array<Enum, N> all{};
    for (size_t i = 0; i < N; ++i)
      all[i] = static_cast<Enum>(i);
    return all;
  }

  constexpr T& operator[](Enum key) {
    return values[static_cast<size_t>(key)];
  }

  constexpr const T& operator[](Enum key) const {
    return values[static_cast<size_t>(key)];
  }

  constexpr auto begin() const {
    return values.begin();
  }

  constexpr auto end() const {
    return values.end();
  }

  bool operator==(const enum_map&) const = default;
};

} // namespace locust
