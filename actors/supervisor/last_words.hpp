#pragma once

#include <string>
#include <string_view>

namespace locust {

/// Returns the end of a container's termination message as one line: the last
/// two lines that say something, which name the cause in a Python traceback, in
/// a usage error, and in Locust's error report. `message` is what the container
/// wrote last (`terminationMessagePolicy: FallbackToLogsOnError`, up to 4 KiB),
/// or the text of the container runtime. At most 400 bytes of valid UTF-8;
/// empty if nothing was said.
std::string last_words(std::string_view message);

} // namespace locust
