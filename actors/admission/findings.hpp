#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// The subject of a message: `volume name "x" (spec.volumes[0].name)`.
struct subject {
  std::string_view what;
  /// As the user wrote it; truncated when long.
  std::string_view value;
  /// JSON path.
  std::string place;
};

/// The violations and warnings about an object, in the order in which they were
/// found. Bounded: only the first of a hundred thousand violations are kept.
class findings {
public:
  /// Adds a violation: the subject, followed by the text of the rule.
  void violation(const subject& s, std::string_view rule);

  /// Adds a violation with a complete message.
  void violation(std::string text);

  /// Adds a warning. The API server forwards 256 bytes of each warning and 4096
  /// bytes in total; longer ones are truncated or dropped here.
  void warning(std::string_view text);

  /// Returns all violations as one text; empty for none.
  std::string refusal() const;

  const std::vector<std::string>& warnings() const {
    return warnings_;
  }

private:
  std::vector<std::string> violations_;
  /// Number of violations, including those that are not kept.
  size_t count_ = 0;
  std::vector<std::string> warnings_;
  size_t warning_bytes_ = 0;
};

/// Returns `text` in quotes for a message, truncated and without control
/// characters.
std::string in_quotes(std::string_view text);

/// Returns `path` with the key as a JSON path: `spec.labels["a"]`.
std::string key_path(std::string_view path, std::string_view key);

} // namespace locust
