#pragma once

#include "protocol/http.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Answers `POST /validate-locust-io-v2-locusttest`
/// (docs/behaviour/admission.md#endpoint): an AdmissionReview of
/// `admission.k8s.io/v1`. Pure.
///
///  - CREATE and UPDATE of a LocustTest, in either version, are checked against
///    the rules: allowed, or denied with all violations in one message.
///  - An UPDATE is allowed without a check when the object is being deleted, or
///    when its spec did not change. An object may be older than a rule, and
///    must still allow to remove finalizers, to change labels, and to be
///    deleted. Otherwise only the new object is checked.
///  - All other operations, subresources and resources are allowed: a webhook
///    configuration that sends too much must not block a cluster.
///  - An object that cannot be read is denied with code 400.
///  - A body that is not an AdmissionReview is answered with 400 and a message.
http_answer answer_admission_review(std::string_view body,
                                    const operator_settings& settings);

} // namespace locust
