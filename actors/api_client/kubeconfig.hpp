#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "protocol/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reads kubeconfig files: text in, values out. Which files there are and what
// stands in them is for the caller to find out (find_access.hpp).

namespace locust {

/// What an entry of a kubeconfig says, unchecked: an entry that nobody uses may
/// be as wrong as it likes.
struct kubeconfig_entry {
  /// File that it stands in; its relative paths start from there.
  std::string file;
  /// Fields with a text, number or boolean as value, as they are written.
  std::map<std::string, std::string> fields;
  /// Fields of `exec`, of a user only; `has_exec` when there is one.
  bool has_exec = false;
  std::map<std::string, std::string> exec_fields;
  std::vector<std::string> exec_arguments;
  std::vector<std::pair<std::string, std::string>> exec_environment;

  /// Returns the field, or an empty text.
  std::string field(const std::string& name) const;

  bool operator==(const kubeconfig_entry&) const = default;
};

struct kubeconfig {
  /// The files that it was read from, joined by colons.
  std::string origin;
  std::string current_context;
  std::map<std::string, kubeconfig_entry> clusters;
  std::map<std::string, kubeconfig_entry> users;
  std::map<std::string, kubeconfig_entry> contexts;
};

/// Reads the text of one file; `file` is its path, for messages and relative
/// paths. Fails with the line when the text is not YAML or not a kubeconfig.
result<kubeconfig> parse_kubeconfig(std::string_view yaml,
                                    const std::string& file);

/// Adds what `later` says about names that `into` does not have yet.
void merge(kubeconfig& into, kubeconfig later);

/// Returns the access that `context` describes, or the current context when it
/// is empty. Everything that is needed gets checked here.
result<cluster_access> resolve(const kubeconfig& config,
                               const std::string& context);

} // namespace locust
