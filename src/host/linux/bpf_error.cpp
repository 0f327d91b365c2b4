#include "host/linux/bpf_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace deadlight::linux_host {

Error bpf_error(int error) {
  const bool denied = error == EPERM || error == EACCES;
  return {denied ? Errc::denied : Errc::unsupported, fmt::format("BPF: {}", std::strerror(error))};
}

}  // namespace deadlight::linux_host
