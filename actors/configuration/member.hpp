#pragma once

namespace locust::member_path {

template <auto Member, auto... Rest>
auto& reach(auto& object) {
  if constexpr (sizeof...(Rest) == 0)
    return object.*Member;
  else
    return reach<Rest...>(object.*Member);
}

/// Returns a member of an `Object`, or a member of a member; usable as a
/// function pointer.
template <class Object, auto... Members>
auto& at(Object& object) {
  return reach<Members...>(object);
}

} // namespace locust::member_path
