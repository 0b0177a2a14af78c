#pragma once

#include "actors/certificates/certificate_plan.hpp"
#include "actors/certificates/certificate_secret.hpp"
#include "actors/certificates/log_deduplicator.hpp"
#include "actors/certificates/published_places.hpp"
#include "actors/certificates/succession.hpp"
#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How one replica reconciles the webhook certificate: which request is next,
// and what its answer means. Pure: the actor sends, waits and logs.

namespace locust {

struct certificate_settings {
  /// The Service of the webhook server. The Secret is in its namespace.
  webhook_service service;
  std::string secret_name;
  /// Name of the ValidatingWebhookConfiguration.
  std::string configuration_name;
  std::string crd_name = "locusttests.locust.io";
  /// Interval of reconciliations; up to a quarter is added.
  std::chrono::milliseconds interval = std::chrono::minutes(1);
  /// How long API servers may take to notice a new bundle. The previous
  /// certificate is served until then.
  std::chrono::milliseconds settle_for = std::chrono::seconds(10);
  /// Varies delays between replicas.
  uint64_t seed = 0;
};

/// What the actor must do next.
struct keeper_step {
  std::vector<log_message> messages;
  /// Serve this pair from now on.
  std::optional<certificate_pair> serve;
  /// Send this request and pass its answer to `answered`. Nothing: the
  /// reconciliation is over.
  std::optional<api_request> request;
  /// After the last request: delay until the next reconciliation.
  std::chrono::milliseconds again_in{0};
};

/// A reconciliation goes from left to right. The next one retries what failed,
/// so no step is ever undone:
///
///   read CRD, configuration --> read Secret --> create / update it --> patch
///   (metadata only if            |   nothing to do   |               both
///    already seen)               +-------------------+--------------->+
///
/// The order matters. If another replica replaces the pair in the Secret after
/// we have read it, it publishes the new CA after we have read the CRD and the
/// configuration, so our patch with the previous CA gets a conflict.
///
/// The Secret is the source of truth. If two replicas write it, one gets a 409,
/// reconciles again and uses the pair of the other.
class certificate_keeper {
public:
  explicit certificate_keeper(certificate_settings settings);

  /// Starts a reconciliation. None may be in progress.
  keeper_step begin(moment now);

  /// Processes the answer to the last request.
  keeper_step answered(const api_response& response, moment now);

private:
  enum class stage : uint8_t { read_webhook, read_secret, write_secret, patch };

  // -- the steps -------------------------------------------------------------

  void ask_for_webhook(size_t index);
  void on_webhook(const api_response& response);
  void on_whole_webhook(const api_response& response);
  void ask_for_secret();
  void on_secret(const api_response& response);
  void assess_secret();
  void write_secret();
  void on_secret_written(const api_response& response);
  void adopt_new_pair();
  void publish_from(size_t index);
  void on_published(const api_response& response);
  void finish();

  // -- helpers ---------------------------------------------------------------

  api_request& send(stage next, http_verb verb, std::string path,
                    std::string body = {});
  void adopt(certificate_pair pair, pair_facts facts);
  void serve_what_is_due();
  bool is_trusted() const;
  void record_failure(std::string_view verb, const api_object& object,
                      const api_response& response);
  void log_info(std::string what);
  host_names wanted_hosts() const;
  std::chrono::milliseconds pause();
  keeper_step take_step();

  certificate_settings settings_;
  std::string delay_key_;
  api_object secret_;
  published_places places_;
  log_deduplicator recurring_;
  succession succession_;
  /// Consecutive reconciliations with a failure.
  unsigned failures_ = 0;
  unsigned rounds_ = 0;

  // -- state of the current reconciliation -----------------------------------

  stage stage_ = stage::read_webhook;
  size_t index_ = 0;
  moment now_;
  keeper_step step_;
  /// Whether the Secret holds the pair that `succession_` stores. If not,
  /// another replica may have published another CA, which a patch would remove.
  bool holds_ = false;
  /// Body of the Secret; null if it does not exist.
  shared_text secret_body_;
  /// The pair in the Secret.
  certificate_pair found_;
  pair_assessment assessment_;
  certificate_pair made_;
  /// The bundle of the patch in flight.
  std::string bundle_;
  /// The longest Retry-After of the API server.
  std::optional<std::chrono::seconds> asked_;
  bool transient_ = false;
  bool refused_ = false;
};

} // namespace locust
