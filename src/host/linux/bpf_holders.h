#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "host/linux/holders.h"

namespace deadlight::linux_host {

/// True if the program was built with clang, bpftool and libbpf's headers at hand.
bool has_bpf();

/// All processes that hold `wanted`, by a BPF program that goes through every task's descriptors
/// once (bpf/holders.bpf.c). `processes`: about how many there are. Errors: `unsupported` for an
/// older kernel than Linux 5.17, or one without BTF, or a program built without BPF; `denied`
/// without CAP_BPF and CAP_PERFMON; `limit`.
Result<Holders> bpf_holders(const std::vector<WantedSocket>& wanted, std::size_t processes);

}  // namespace deadlight::linux_host
