#pragma once

#include <string>
#include <string_view>

namespace locust {

/// The program's version from CMakeLists.txt, for example `0.1.0`.
std::string_view version();

/// The commit of the build, 12 digits, with `-dirty` if the work tree had
/// changes; `unknown` without git.
std::string_view commit();

/// The time of the commit, or SOURCE_DATE_EPOCH, in RFC 3339 and UTC, so that
/// builds are reproducible; `unknown` if neither is known.
std::string_view build_date();

/// All of the above in one line for people, without a newline.
std::string version_line();

} // namespace locust
