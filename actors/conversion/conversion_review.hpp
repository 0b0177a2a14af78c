#pragma once

#include "protocol/http.hpp"

#include <string_view>

namespace locust {

/// Answers `POST /convert` (docs/behaviour/conversion.md#reviews): a
/// ConversionReview of `apiextensions.k8s.io/v1` with any number of objects,
/// which are converted in order, all or none. If an object cannot be converted,
/// the result is a Failure whose message names the object and the JSON path. A
/// body that is not a ConversionReview is answered with 400 and a message.
/// Pure, and linear in the body.
http_answer answer_conversion_review(std::string_view body);

} // namespace locust
