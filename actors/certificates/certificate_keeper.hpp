#pragma once

#include "actors/certificates/certificate_plan.hpp"
#include "actors/certificates/certificate_secret.hpp"
#include "actors/certificates/published_places.hpp"
#include "actors/certificates/remarks.hpp"
#include "actors/certificates/succession.hpp"
#include "protocol/api_call.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What one replica does about the certificate: which request comes next, and
// what its answer means. Pure: the actor sends, waits and logs.

namespace locust {

struct certificate_settings {
  /// The Service in front of the webhook server; the Secret is in its
  /// namespace.
  webhook_service service;
  std::string secret_name;
  /// Name of the ValidatingWebhookConfiguration.
  std::string configuration_name;
  std::string crd_name = "locusttests.locust.io";
  /// From one look to the next, and up to a quarter more.
  std::chrono::milliseconds look_every = std::chrono::minutes(1);
  /// How long all API servers may take to hear of a new bundle; for so long the
  /// former certificate is still served.
  std::chrono::milliseconds settle_for = std::chrono::seconds(10);
  /// Tells the delays of replicas apart.
  uint64_t seed = 0;
};

/// What to do now.
struct keeper_step {
  std::vector<remark> remarks;
  /// To be served from now on.
  std::optional<certificate_pair> serve;
  /// To be sent; its answer is for `answered`. Nothing: the look is over.
  std::optional<api_request> request;
  /// Then, in how long the next look is due.
  std::chrono::milliseconds again_in{0};
};

/// One look goes from left to right; whatever cannot be done is tried again
/// with the next one, so a step never has to be taken back:
///
///   read CRD, configuration --> read Secret --> create / update it --> patch
///   (metadata alone when           |   nothing to do   |               both
///    it was seen before)           +-------------------+--------------->+
///
/// The order matters: who puts another pair into the Secret after we have read
/// it publishes that one after we have read the places, so that our patch with
/// the former one is refused.
///
/// The Secret decides. Two replicas that both write it: one gets a 409, looks
/// again and takes what the other one wrote.
class certificate_keeper {
public:
  explicit certificate_keeper(certificate_settings settings);

  /// Begins a look. Call it when no other one is under way.
  keeper_step begin(moment now);

  /// Takes the answer to the last request.
  keeper_step answered(const api_response& response, moment now);

private:
  enum class stage : uint8_t { read_webhook, read_secret, write_secret, patch };

  // -- the steps -------------------------------------------------------------

  void ask_for_webhook(size_t index);
  void took_webhook(const api_response& response);
  void took_whole_webhook(const api_response& response);
  void ask_for_secret();
  void took_secret(const api_response& response);
  void judge_secret();
  void write_secret();
  void wrote_secret(const api_response& response);
  void took_made_pair();
  void publish_from(size_t index);
  void published(const api_response& response);
  void finish();

  // -- helpers ---------------------------------------------------------------

  api_request& send(stage next, http_verb verb, std::string path,
                    std::string body = {});
  void adopt(certificate_pair pair, pair_facts facts);
  void serve_what_is_due();
  bool is_trusted() const;
  void trouble(std::string_view verb, const api_object& object,
               const api_response& response);
  void log_info(std::string what);
  host_names wanted_hosts() const;
  std::chrono::milliseconds pause();
  keeper_step take_step();

  certificate_settings settings_;
  std::string delay_key_;
  api_object secret_;
  published_places places_;
  recurring_remarks recurring_;
  succession succession_;
  /// Looks in a row that something went wrong in.
  unsigned failures_ = 0;
  unsigned looks_ = 0;

  // -- of the look under way -------------------------------------------------

  stage stage_ = stage::read_webhook;
  size_t index_ = 0;
  moment now_;
  keeper_step step_;
  /// Whether the Secret holds what is stored in `succession_`. If not, others
  /// may have published another authority, which we would take away.
  bool holds_ = false;
  /// Body of the Secret; null when there is none.
  shared_text secret_body_;
  /// What stands in it.
  certificate_pair found_;
  pair_assessment assessment_;
  certificate_pair made_;
  /// What the patch under way publishes.
  std::string bundle_;
  /// The longest wait that the server asked for.
  std::optional<std::chrono::seconds> asked_;
  bool transient_ = false;
  bool refused_ = false;
};

} // namespace locust
