#pragma once

#include "protocol/json.hpp"
#include "protocol/json/pruned.hpp"
#include "tools/lib/bench/player/client.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace locust::bench {

/// Watches a collection from its beginning, and again from the last version
/// when the server ends the watch.
class watched {
public:
  /// `type` is ADDED, MODIFIED or DELETED.
  using on_object =
      std::function<void(std::string_view type, const json::value& object)>;

  /// `collection`: a path, like `/apis/batch/v1/namespaces/a/jobs`. `members`:
  /// what of an object is read; `metadata` with `resourceVersion` must be part
  /// of it. Both must outlive this, like `by`.
  watched(client& by, std::string collection,
          std::span<const json::wanted> members, on_object handler);
  watched(const watched&) = delete;
  watched& operator=(const watched&) = delete;

private:
  void open();
  void take(std::string_view line);

  client& by_;
  std::string collection_;
  std::span<const json::wanted> members_;
  on_object handler_;
  std::string version_;
};

} // namespace locust::bench
