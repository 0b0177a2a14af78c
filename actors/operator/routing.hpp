#pragma once

#include "protocol/observation.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// Finds the LocustTest of an observed object. Pure.

namespace locust {

/// Returns the key of a Service or Job, or the key of the Job of a pod or an
/// Event. Child names derive from the name of the LocustTest. Nothing for
/// objects that cannot be children.
std::optional<object_key> child_key_of(const observation& what);

/// The Job controller names pods `<job>-<5 characters>`, and the API server
/// truncates the part before these five to 58 characters. Returns what is left
/// of the name of the Job, usually all of it; nothing for other names.
std::optional<std::string> job_name_of_pod(std::string_view pod);

/// Returns what `job_name_of_pod` returns for the pods of this Job.
std::string shortened_job_name(std::string_view job);

/// Whether these observations, oldest first, leave a Job without a result.
bool has_open_job(const observations& seen);

/// Maps names of children to LocustTests. Two tests may have the same child
/// name (`a.b` and `a-b`, or long names with the same beginning): both get the
/// object and check its owner or uid. Also keeps observations of children that
/// arrive before their test, because watches of different kinds are not
/// synchronized, and pods that may outlive their test.
class child_table {
public:
  /// Adds the children of `test`. Returns earlier observations of them, in the
  /// order of the children, with the pods of an earlier test of its name.
  observations add(const object_key& test);

  void remove(const object_key& test);

  /// Returns the tests that `what` concerns. Without any, keeps the latest
  /// observation of the object for a test that may come.
  const std::vector<object_key>& find(const observation& what);

  /// Number of objects that are kept.
  size_t waiting() const;

private:
  void keep_pod(const object_key& named, const observation& what);

  using claims = std::unordered_map<object_key, std::vector<object_key>>;

  /// By the name of a child, and by what the names of its pods have of that.
  claims tests_;
  /// By name of the child, then by uid of the object.
  std::unordered_map<object_key, std::map<std::string, observation>> early_;
  /// The same for pods of tests that are followed, until they have ended; by
  /// what the names of pods have of that of their Job.
  std::unordered_map<object_key, std::map<std::string, observation>> pods_;
};

} // namespace locust
