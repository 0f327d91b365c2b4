// Stands for bpf_holders.cpp where the tools to build it are missing.
#include "host/linux/bpf_holders.h"

namespace deadlight::linux_host {

bool has_bpf() { return false; }

Result<Holders> bpf_holders(const std::vector<WantedSocket>&, const BpfExpected&) {
  return fail(Errc::unsupported, "BPF: this program was built without it");
}

}  // namespace deadlight::linux_host
