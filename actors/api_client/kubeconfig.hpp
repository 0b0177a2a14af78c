#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "protocol/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Parses kubeconfig files: text in, values out. find_access.hpp finds and reads
// the files.

namespace locust {

/// An entry of a kubeconfig. Not validated, because entries that are not used
/// may be invalid.
struct kubeconfig_entry {
  /// The file that contains it; relative paths start from its directory.
  std::string file;
  /// Scalar fields, as written.
  std::map<std::string, std::string> fields;
  /// Fields of a user's `exec`; `has_exec` if it has one.
  bool has_exec = false;
  std::map<std::string, std::string> exec_fields;
  std::vector<std::string> exec_arguments;
  std::vector<std::pair<std::string, std::string>> exec_environment;

  /// Returns the field, or an empty string.
  std::string field(const std::string& name) const;

  bool operator==(const kubeconfig_entry&) const = default;
};

struct kubeconfig {
  /// The files that it was read from, separated by colons.
  std::string origin;
  std::string current_context;
  std::map<std::string, kubeconfig_entry> clusters;
  std::map<std::string, kubeconfig_entry> users;
  std::map<std::string, kubeconfig_entry> contexts;
};

/// Parses one file; `file` is its path, for messages and relative paths. Fails
/// with the line number if the text is no valid YAML or no kubeconfig.
result<kubeconfig> parse_kubeconfig(std::string_view yaml,
                                    const std::string& file);

/// Adds the entries of `later` whose names `into` does not have yet.
void merge(kubeconfig& into, kubeconfig later);

/// Returns the access of `context`, or of the current context if it is empty.
/// Validates everything that it uses.
result<cluster_access> resolve(const kubeconfig& config,
                               const std::string& context);

} // namespace locust
