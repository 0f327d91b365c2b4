#pragma once

#include <cstdint>

#include "model/os.h"

namespace deadlight {

/// True if `os` gives this port to sockets that ask for none: 1025-5000 on Windows up to 2003, from
/// 49152 since Vista (Microsoft KB929851), 32768-60999 on Linux (ip_local_port_range).
bool is_dynamic_port(std::uint16_t port, Os os);

}  // namespace deadlight
