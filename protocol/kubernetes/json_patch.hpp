#pragma once

#include "protocol/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace locust {

/// Writes a JSON patch (RFC 6902), the body of an `http_verb::json_patch`.
/// Paths are JSON pointers. The API server applies all operations or none.
class json_patch {
public:
  json_patch();

  /// Makes the patch fail (422 without causes) if `path` has another value.
  json_patch& test(std::string_view path, std::string_view value);

  /// Replaces a member that must exist. With `/metadata/resourceVersion` the
  /// API server rejects the patch with 409 if the object has changed.
  json_patch& replace(std::string_view path, std::string_view value);
  json_patch& replace(std::string_view path,
                      const std::vector<std::string>& values);

  /// Sets a member whether or not it exists. Its parent must exist.
  json_patch& add(std::string_view path, std::string_view value);

  /// Same, with a value in JSON.
  json_patch& add_json(std::string_view path, std::string_view json_text);

  /// Returns the patch. No call may follow.
  std::string take();

private:
  void begin(std::string_view operation, std::string_view path);
  json_patch& operation(std::string_view what, std::string_view path,
                        std::string_view value);

  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

} // namespace locust
