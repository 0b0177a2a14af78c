#pragma once

#include "protocol/observation.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// Which LocustTest an observed object belongs to. Pure.

namespace locust {

/// Returns the key of the Service or Job that the object is, or the key of the
/// Job that it comes from (a pod, or an Event about either): all of them are
/// found by names that follow from the name of the LocustTest. Nothing for
/// objects that are no child of any.
std::optional<object_key> child_key_of(const observation& what);

/// Pods are named `<job>-<5 characters>` by the Job controller; of what stands
/// before these five the API server keeps 58 characters. Returns what is left
/// of the Job's name, all of it as a rule, or nothing when `pod` is not of that
/// form.
std::optional<std::string> job_name_of_pod(std::string_view pod);

/// Returns what `job_name_of_pod` says of the pods of this Job.
std::string shortened_job_name(std::string_view job);

/// Table from the names of children to the LocustTests that have them. Two
/// tests may claim one name (`a.b` and `a-b`, or long ones that begin alike):
/// both get to see the object and judge by its owner or uid. Also keeps what
/// was seen of children before their test was, as watches of different kinds
/// are not in step.
class child_table {
public:
  /// Enters the children of `test`. Returns what was seen of them so far, in
  /// that order.
  observations add(const object_key& test);

  void remove(const object_key& test);

  /// Returns the tests that `what` concerns. When there is none, it is kept for
  /// the test that may come: the latest for each object, until it is gone.
  const std::vector<object_key>& find(const observation& what);

  /// Objects that are kept for tests to come.
  size_t waiting() const;

private:
  using claims = std::unordered_map<object_key, std::vector<object_key>>;

  /// By the name of a child, and by what the names of its pods have of that.
  claims tests_;
  /// By name of the child, then by uid of the object.
  std::unordered_map<object_key, std::map<std::string, observation>> early_;
};

} // namespace locust
