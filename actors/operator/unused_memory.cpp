#include "actors/operator/unused_memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace locust {

namespace {

/// Drops the segments of a loaded object that are never written. Relocated data
/// is in writable segments, even if protected later, so nothing is lost.
int drop_clean_segments(dl_phdr_info* object, size_t, void*) {
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
      continue;
    auto begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // Best effort: if the kernel refuses, the pages stay.
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives an integer.
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

} // namespace

void release_unused_memory() {
  malloc_trim(0);
  dl_iterate_phdr(drop_clean_segments, nullptr);
}

} // namespace locust
