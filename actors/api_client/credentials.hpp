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

// Which bearer token or client certificate requests carry, and when to load
// another one. Pure: credential_loader.hpp does the loading.

namespace locust {

/// Identifies this process to the API server. Immutable; shared between the
/// actor and the network thread.
struct credential {
  /// Empty: no `Authorization` header.
  std::string token;
  /// PEM texts from an exec plugin; empty: those of the cluster_access.
  std::string client_certificate;
  std::string client_key;

  bool operator==(const credential&) const = default;
};

/// A new credential and its lifetime (nothing: unlimited).
struct fresh_credential {
  credential value;
  std::optional<std::chrono::seconds> usable_for;
};

/// The output of an exec plugin.
struct exec_credential {
  credential value;
  std::optional<timestamp> expires;

  bool operator==(const exec_credential&) const = default;
};

/// Parses the ExecCredential that a plugin printed; `api_version` is the
/// version that was requested. Error messages never quote the text, which is
/// secret.
result<exec_credential> parse_exec_credential(std::string_view text,
                                              const std::string& api_version);

/// Returns KUBERNETES_EXEC_INFO for the plugin, as JSON. `ca` is the PEM text
/// of the cluster's CA, for plugins with `provideClusterInfo`.
std::string exec_info(const exec_plugin& plugin, const cluster_access& access,
                      const std::string& ca);

/// Holds the current credential and decides when to load another one. The
/// caller asks before each request, so no timer runs while nothing is sent.
class credentials {
public:
  explicit credentials(const token_source& source);

  /// Whether requests may be sent with `current()`.
  bool usable(monotonic_time now) const;

  /// Whether the caller should start a load now.
  bool due(monotonic_time now) const;

  /// A load has started; `loaded` ends it.
  void loading(monotonic_time now);
  void loaded(result<fresh_credential> fresh, monotonic_time now);
  bool is_loading() const;

  /// The server answered 401 to the credential of this generation. Returns
  /// whether a retry can help: at once if there is a newer one, otherwise after
  /// a load that is due or in progress.
  bool reject(uint64_t generation, monotonic_time now);

  /// Never null; before the first load an empty credential.
  const std::shared_ptr<const credential>& current() const;
  uint64_t generation() const;

  /// Why the last load failed; empty if it succeeded.
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
