#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locust {

/// The 64-bit FNV-1a hash. Unlike std::hash, its values are the same in every
/// build and may be stored. Not for keys that an attacker can choose.
class fnv1a {
public:
  /// Adds bytes. The hash does not depend on how they are split into calls.
  fnv1a& add(std::string_view bytes) {
    for (char c : bytes)
      value_ = (value_ ^ static_cast<unsigned char>(c)) * prime;
    return *this;
  }

  uint64_t value() const {
    return value_;
  }

  /// Returns `value` as 16 hexadecimal digits in lower case.
  std::string hex() const {
    std::string digits(16, '0');
    auto rest = value_;
    for (auto i = digits.rbegin(); i != digits.rend(); ++i, rest >>= 4)
      *i = "0123456789abcdef"[rest & 0xf];
    return digits;
  }

private:
  static constexpr uint64_t offset_basis = 0xcbf29ce484222325ULL;
  static constexpr uint64_t prime = 0x100000001b3ULL;

  uint64_t value_ = offset_basis;
};

} // namespace locust
