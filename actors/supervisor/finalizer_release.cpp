#include "actors/supervisor/finalizer_release.hpp"

#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/finalizer_patch.hpp"
#include "actors/supervisor/lifecycle.hpp"

#include <algorithm>

namespace locust {

std::string release_trouble(const api_response& answer) {
  // 409: it was changed meanwhile; the watch brings the new one.
  if (answer.status / 100 == 2 || answer.status == 404 || answer.status == 409)
    return {};
  auto words =
      answer.status == 0 ? answer.failure : server_message(*answer.body);
  return "the finalizer " + std::string(reference_finalizer) +
         " could not be taken off, which is tried again: " +
         std::to_string(answer.status) + ' ' + words;
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
