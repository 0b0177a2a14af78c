#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// What a sentence is about: `volume name "x" (spec.volumes[0].name)`.
struct subject {
  std::string_view what;
  /// As the user wrote it; long ones are cut.
  std::string_view value;
  /// JSON path.
  std::string place;
};

/// What an object breaks, in the order in which it was found, and what is odd
/// about it. Bounded: who sends a hundred thousand mistakes is told of the
/// first.
class findings {
public:
  /// Adds a violation: the subject, then what `rule` says of it.
  void violation(const subject& s, std::string_view rule);

  /// Adds a violation that is a whole sentence.
  void violation(std::string text);

  /// Adds a warning. The API server passes on 256 bytes of each, and 4096 of
  /// all: what is longer is cut or left out here.
  void warning(std::string_view text);

  /// Returns all violations as one text; empty for none.
  std::string refusal() const;

  const std::vector<std::string>& warnings() const {
    return warnings_;
  }

private:
  std::vector<std::string> violations_;
  /// Of violations, the ones that are not kept included.
  size_t count_ = 0;
  std::vector<std::string> warnings_;
  size_t warning_bytes_ = 0;
};

/// Returns `text` for a sentence of ours: in quotes, cut to what can be read,
/// without what a terminal would act on.
std::string in_quotes(std::string_view text);

/// Returns `path` and the key as a JSON path: `spec.labels["a"]`.
std::string key_path(std::string_view path, std::string_view key);

} // namespace locust
