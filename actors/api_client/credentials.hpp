#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Which bearer token (or client certificate) requests carry, and when to ask
// for another. Pure: loading is credential_loader.hpp.

namespace locust {

/// What identifies us to the API server. Shared between the actor and the
/// network thread; nobody changes it.
struct credential {
  /// Empty: no `Authorization` header.
  std::string token;
  /// PEM texts from an exec plugin; empty: those of the cluster_access.
  std::string client_certificate;
  std::string client_key;

  bool operator==(const credential&) const = default;
};

/// A credential just loaded, and for how long it is good (nothing: for ever).
struct fresh_credential {
  credential value;
  std::optional<std::chrono::seconds> usable_for;
};

/// What an exec plugin printed.
struct exec_credential {
  credential value;
  std::optional<timestamp> expires;

  bool operator==(const exec_credential&) const = default;
};

/// Reads the ExecCredential that a plugin printed; `api_version` is the one
/// that it was asked for. Messages never quote the text, which is secret.
result<exec_credential> parse_exec_credential(std::string_view text,
                                              const std::string& api_version);

/// Returns KUBERNETES_EXEC_INFO for the plugin, a JSON text. `ca` is the PEM
/// text of the cluster's CA, for plugins that want to know the cluster.
std::string exec_info(const exec_plugin& plugin, const cluster_access& access,
                      const std::string& ca);

/// Keeps the current credential and decides when another is due. The caller
/// asks before each request, so that nothing ticks when nothing is sent.
class credentials {
public:
  explicit credentials(const token_source& source);

  /// Whether requests may go out with `current()`.
  bool usable(monotonic_time now) const;

  /// Whether the caller should start to load one now.
  bool due(monotonic_time now) const;

  /// A load was started; it ends with `loaded`.
  void loading(monotonic_time now);
  void loaded(result<fresh_credential> fresh, monotonic_time now);
  bool is_loading() const;

  /// The server answered 401 to the credential of this generation. Returns
  /// whether repeating the request can help: at once when there is a newer one,
  /// else when a load that is now due or under way is over.
  bool reject(uint64_t generation, monotonic_time now);

  /// Never null; an empty credential before the first load.
  const std::shared_ptr<const credential>& current() const;
  uint64_t generation() const;

  /// Why the last load failed; empty after a good one.
  const std::string& problem() const;

private:
  bool may_start(monotonic_time now) const;

  enum class kind : uint8_t { fixed, file, plugin };
  kind kind_ = kind::fixed;
  std::shared_ptr<const credential> current_;
  uint64_t generation_ = 0;
  bool is_loading_ = false;
  bool rejected_ = false;
  std::optional<monotonic_time> started_;
  std::optional<monotonic_time> reload_at_;
  std::optional<monotonic_time> expires_;
  std::string problem_;
};

} // namespace locust
