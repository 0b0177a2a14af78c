#pragma once

#include "protocol/http.hpp"
#include "protocol/operator_settings.hpp"

#include <string_view>

namespace locust {

/// Answers `POST /validate-locust-io-v2-locusttest`
/// (docs/behaviour/admission.md#endpoint): an AdmissionReview of
/// `admission.k8s.io/v1`. Pure.
///
///  - CREATE and UPDATE of a LocustTest, of either version, are judged by the
///    rules: allowed, or refused with all violations in one message.
///  - An UPDATE is allowed without a look at the rules when the object is being
///    deleted, or when its spec is what it was. An object may be older than a
///    rule, and then still has to let go of its finalizers, to be labelled, to
///    be deleted. Otherwise the new object alone counts.
///  - Any other operation, subresource or resource is none of its business and
///    allowed: a configuration that sends too much must not stop a cluster.
///  - An object that cannot be read is refused with code 400.
///  - A body that is no such review is answered with 400 and a sentence.
http_answer answer_admission_review(std::string_view body,
                                    const operator_settings& settings);

} // namespace locust
