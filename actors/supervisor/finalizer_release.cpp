#include "actors/supervisor/finalizer_release.hpp"

#include "actors/supervisor/finalizer_patch.hpp"
#include "actors/supervisor/lifecycle.hpp"
#include "protocol/kubernetes/answer.hpp"

#include <algorithm>

namespace locust {

std::string release_trouble(const api_response& answer) {
  // 409: it was changed meanwhile; the watch brings the new one.
  auto what = class_of(answer);
  if (what == answer_class::success || what == answer_class::not_found ||
      what == answer_class::conflict)
    return {};
  return "the finalizer " + std::string(reference_finalizer) +
         " could not be taken off, which is tried again: " + in_words(answer);
}

std::chrono::seconds longer(std::chrono::seconds before) {
  return std::min<std::chrono::seconds>(2 * before,
                                        lifecycle::permanent_retry_max);
}

api_request release_request(const locust_test& test) {
  api_request request;
  request.verb = http_verb::json_patch;
  request.target = "/apis/locust.io/v2/namespaces/" + test.key.ns +
                   "/locusttests/" + test.key.name;
  request.body = std::make_shared<const std::string>(finalizer_patch(test));
  request.in = lane::status;
  return request;
}

} // namespace locust
