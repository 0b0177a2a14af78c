#pragma once

#include "actors/supervisor/lifecycle.hpp"
#include "protocol/kubernetes.hpp"

#include <string>

// What the log tells of one test, with its name and uid in every line.

namespace locust {

/// A fact that led to this state, from the phase `before`. `notable`: it is in
/// the status, too.
void tell_fact(const locust_test& test, const lifecycle_fact& fact,
               const std::string& before, const lifecycle::state& state,
               bool notable);

/// Something that a person may have to mend.
void tell_trouble(const locust_test& test, const std::string& words);

/// Something that is wrong with the operator itself.
void tell_defect(const locust_test& test, const std::string& words);

} // namespace locust
