#pragma once

#include "base/result.h"

namespace deadlight::linux_host {

/// Why the kernel refused a BPF program; `error` is an errno.
Error bpf_error(int error);

}  // namespace deadlight::linux_host
