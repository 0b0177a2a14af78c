#pragma once

namespace locust::member_path {

template <auto Member, auto... Rest>
auto& reach(auto& object) {
  if constexpr (sizeof...(Rest) == 0)
    return object.*Member;
  else
    return reach<Rest...>(object.*Member);
}

/// Names a member of an `Object`, or a member of a member, as a function.
template <class Object, auto... Members>
auto& at(Object& object) {
  return reach<Members...>(object);
}

} // namespace locust::member_path
