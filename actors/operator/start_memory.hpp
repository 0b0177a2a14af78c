#pragma once

namespace locust {

/// Gives back what only the start needed: free heap, and the pages of code and
/// read-only data that the dynamic linker, option parsing and set-up of TLS
/// touched (two thirds of the resident size then). They are clean copies of
/// files: what is needed again comes back from the page cache at the cost of a
/// minor fault. Any thread; call it once, when the first lists are complete.
void release_start_memory();

} // namespace locust
