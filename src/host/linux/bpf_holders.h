#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "host/linux/holders.h"

namespace deadlight::linux_host {

/// True if the program was built with clang, bpftool and libbpf's headers at hand.
bool has_bpf();

struct BpfExpected {
  std::size_t descriptors = 0;  ///< of sockets, all kinds
  std::size_t processes = 0;
};

/// All processes that hold `wanted`, by a BPF program that goes through every task's descriptors
/// once (bpf/holders.bpf.c). `expected`: about how much there is to list; it costs memory, and time
/// where it is too little. Errors: `unsupported` for an
/// older kernel than Linux 5.17, or one without BTF, or a program built without BPF; `denied`
/// without CAP_BPF and CAP_PERFMON; `limit`.
Result<Holders> bpf_holders(const std::vector<WantedSocket>& wanted, const BpfExpected& expected);

}  // namespace deadlight::linux_host
