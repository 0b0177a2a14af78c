#pragma once

#include "actors/conversion/flat_spec.hpp"
#include "protocol/json.hpp"

namespace locust {

/// Returns the v2 defaults that every v1 object implies. The empty resources
/// are what the Go operator stores.
const json::value& v1_defaults();

/// Returns the spec of a v2 object of which v1 shows `wanted`
/// (docs/behaviour/conversion.md#v1-to-v2).
///
/// `kept`, if not null, is the previous v2 spec, which may lack the parts that
/// v1 expresses. It is kept except for the differences to `wanted`:
///  - strings, numbers and maps are replaced one by one;
///  - in the lists of pull secrets and tolerations, items that v1 still has are
///    kept, in the order of v1;
///  - in the required node affinity, a single term keeps what v1 cannot
///  express;
///    several terms (an OR) are replaced by one when v1 differs. The other
///    kinds of affinity are kept.
/// So the result converts to exactly `wanted`, whatever `kept` contains, and if
/// `kept` converts to `wanted`, it does not change.
///
/// Without `kept` it is a new object, based on `v1_defaults`.
json::document nested_spec(const flat_spec& wanted, const json::value* kept);

} // namespace locust
