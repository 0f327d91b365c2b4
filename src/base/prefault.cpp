#include "base/prefault.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

namespace deadlight {

void prefault(void* begin, std::size_t bytes) {
  constexpr std::uintptr_t kPageBytes = 4096;
  const auto start = (reinterpret_cast<std::uintptr_t>(begin) + kPageBytes - 1) & ~(kPageBytes - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(begin) + bytes) & ~(kPageBytes - 1);
  if (start >= end) return;
  madvise(reinterpret_cast<void*>(start), end - start, MADV_POPULATE_WRITE);
}

void prefault_heap(std::size_t bytes) {
  // Else so large a block lies elsewhere, and what is freed at the heap's end goes back at once.
  constexpr int kKept = 16 << 20;
  mallopt(M_MMAP_THRESHOLD, kKept);
  mallopt(M_TRIM_THRESHOLD, kKept);
  void* block = std::malloc(bytes);
  if (block == nullptr) return;
  prefault(block, bytes);
  std::free(block);
}

}  // namespace deadlight
