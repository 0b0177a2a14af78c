#pragma once

#include "actors/configuration/setting.hpp"

#include <span>
#include <string>

// The documentation of flags and variables, generated from their tables.

namespace locust {

/// Returns what `--help` prints, at most 80 columns wide.
std::string help_text();

/// Returns the tables of docs/configuration.md, in Markdown.
std::string flags_in_markdown();
std::string variables_in_markdown();

/// Returns what `--print-config` prints: a line for each setting, with its
/// source as a comment.
std::string report_text(std::span<const setting> report);

} // namespace locust
