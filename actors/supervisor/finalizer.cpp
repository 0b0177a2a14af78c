#include "actors/supervisor/finalizer.hpp"

#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/json_patch.hpp"
#include "protocol/kubernetes/object_path.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>

namespace locust {

bool has_go_operator_finalizer(const locust_test& test) {
  return std::find(test.finalizers.begin(), test.finalizers.end(),
                   go_operator_finalizer) != test.finalizers.end();
}

api_request finalizer_request(const locust_test& test) {
  auto others = test.finalizers;
  std::erase(others, go_operator_finalizer);
  json_patch patch;
  patch.replace("/metadata/uid", test.uid)
      .replace("/metadata/resourceVersion", test.resource_version)
      .replace("/metadata/finalizers", others);
  api_request request;
  request.verb = http_verb::json_patch;
  request.target =
      object_path(resources::locust_tests, test.key.ns, test.key.name);
  request.body = std::make_shared<const std::string>(patch.take());
  request.in = lane::status;
  return request;
}

std::string finalizer_trouble(const api_response& answer) {
  // After a conflict the watch delivers the changed object.
  auto what = class_of(answer);
  if (what == answer_class::success || what == answer_class::not_found ||
      what == answer_class::conflict)
    return {};
  return "could not remove the finalizer " +
         std::string(go_operator_finalizer) + "; retrying: " + in_words(answer);
}

std::chrono::milliseconds finalizer_delay(unsigned failures) {
  return refused_back_off.delay(failures);
}

} // namespace locust
