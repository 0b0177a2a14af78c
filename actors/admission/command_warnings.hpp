#pragma once

#include "actors/admission/findings.hpp"
#include "actors/resource_builder/spec_values.hpp"

namespace locust {

/// Warns of commands, arguments and variables that Locust accepts or refuses in
/// a way that the user hardly expects (docs/behaviour/admission.md#warnings).
/// Facts about Locust are those of 2.43 (`locust/main.py`).
void add_command_warnings(const spec_values& spec, findings& found);

} // namespace locust
