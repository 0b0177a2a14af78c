#pragma once

namespace locust {

/// Gives memory back to the system that was needed for a moment: free heap, and
/// the pages of code and read-only data of the program and its libraries. At
/// the start these pages are most of the resident size. They are clean copies
/// of files, so a later access costs a minor fault. Any thread; takes
/// milliseconds.
void release_unused_memory();

} // namespace locust
