#pragma once

#include "actors/conversion/flat_spec.hpp"
#include "protocol/json.hpp"

namespace locust {

/// Returns what every v1 object means without saying so, as part of a v2 spec.
/// The empty resources are what the Go operator stores.
const json::value& born_as_v1();

/// Returns the spec of a v2 object of which v1 shows `wanted`
/// (docs/behaviour/conversion.md#v1-to-v2).
///
/// `kept`, if not null, is the v2 spec from before, of which what v1 shows may
/// be missing. It stays as it is but for what `wanted` says differently:
///  - texts, numbers and maps are replaced one by one;
///  - of the lists of pull secrets and tolerations, items that v1 still shows
///    stay as they were, in the order of v1;
///  - of the required node affinity, a single term keeps what v1 has no words
///    for; several terms (an OR) are replaced by one when v1 says otherwise.
///    The other kinds of affinity stay.
/// So v1 shows exactly `wanted` of the result, whatever `kept` holds, and a
/// `wanted` that is what v1 shows of `kept` changes nothing.
///
/// Without `kept` it is a new object, in which `born_as_v1` stands for it.
json::document nested_spec(const flat_spec& wanted, const json::value* kept);

} // namespace locust
