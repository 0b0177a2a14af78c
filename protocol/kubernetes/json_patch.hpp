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

  /// Refuses the patch (422 without causes) when `path` has another value.
  json_patch& test(std::string_view path, std::string_view value);

  /// Sets a member that must exist. Of `/metadata/resourceVersion` it makes the
  /// API server refuse the patch with 409 when the object has changed.
  json_patch& replace(std::string_view path, std::string_view value);
  json_patch& replace(std::string_view path,
                      const std::vector<std::string>& values);

  /// Sets a member, whether it exists or not. Its parent must exist.
  json_patch& add(std::string_view path, std::string_view value);

  /// The same with a value that is JSON text.
  json_patch& add_json(std::string_view path, std::string_view json_text);

  /// Returns the patch; no call may follow.
  std::string take();

private:
  void begin(std::string_view operation, std::string_view path);
  json_patch& operation(std::string_view what, std::string_view path,
                        std::string_view value);

  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

} // namespace locust
