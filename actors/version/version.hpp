#pragma once

#include <string>
#include <string_view>

namespace locust {

/// Of the program, as CMakeLists.txt has it: `0.1.0`.
std::string_view version();

/// The commit that it was built from, 12 digits, with `-dirty` if files
/// differed from it; `unknown` where there was no git.
std::string_view commit();

/// The commit's time, or SOURCE_DATE_EPOCH, as RFC 3339 in UTC, so that a
/// second build is the same; `unknown` where there was neither.
std::string_view build_date();

/// All of it in one line for people, without a line end.
std::string version_line();

} // namespace locust
