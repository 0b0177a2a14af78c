#include "actors/load_sampler/unanswered.hpp"

#include "protocol/json.hpp"
#include "protocol/kubernetes/answer.hpp"

namespace locust {

namespace {

/// Bytes of a message that a sample repeats.
constexpr size_t why_limit = 200;

/// What the API server says when the pod refuses the connection of its proxy.
constexpr std::string_view proxy_refused = "connection refused";
constexpr int service_unavailable = 503;

std::string why(const api_response& answer) {
  if (answer.status >= 200 && answer.status < 300)
    return "its answer has no statistics of Locust";
  if (answer.status >= 300 && answer.status < 400)
    return "it redirects the operator, for example to a log-in";
  return json::clean_text(in_words(answer), why_limit);
}

} // namespace

load_sample unanswered_by(const api_response& answer) {
  load_sample sample;
  sample.refused = answer.refused ||
                   (answer.status == service_unavailable &&
                    body_of(answer).find(proxy_refused) != std::string::npos);
  sample.why = why(answer);
  return sample;
}

} // namespace locust
