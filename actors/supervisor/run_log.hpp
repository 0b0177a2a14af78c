#pragma once

#include "actors/supervisor/supervisor_core.hpp"

// Log lines about one test, with its name and uid in every line.

namespace locust {

void log(const supervisor_core& of, const effect::log_fact& what);
void log(const supervisor_core& of, const effect::log_restored& what);
void log(const supervisor_core& of, const effect::log_warning& what);
void log(const supervisor_core& of, const effect::log_defect& what);

} // namespace locust
