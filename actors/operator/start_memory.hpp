#pragma once

namespace locust {

/// Releases memory that only the start needed: free heap, and the pages of code
/// and read-only data that the dynamic linker, option parsing and TLS
/// initialization touched (two thirds of the resident size). They are clean
/// copies of files, so a later access costs a minor fault. Any thread; call it
/// once, when the first lists are complete.
void release_start_memory();

/// Gives free heap back to the system. Any thread; takes milliseconds.
void release_free_memory();

} // namespace locust
