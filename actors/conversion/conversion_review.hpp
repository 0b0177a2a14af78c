#pragma once

#include "protocol/http.hpp"

#include <string_view>

namespace locust {

/// Answers `POST /convert` (docs/behaviour/conversion.md#reviews): a
/// ConversionReview of `apiextensions.k8s.io/v1` with any number of objects,
/// which are converted in their order, all or none. What cannot be converted is
/// a Failure whose message names the object and the JSON path. A body that is
/// no such review is answered with 400 and a sentence. Pure, and linear in the
/// body.
http_answer answer_conversion_review(std::string_view body);

} // namespace locust
