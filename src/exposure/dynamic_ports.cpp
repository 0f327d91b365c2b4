#include "exposure/dynamic_ports.h"

namespace deadlight {
namespace {

bool in_range(std::uint16_t port, int first, int last) { return port >= first && port <= last; }

}  // namespace

bool is_dynamic_port(std::uint16_t port, Os os) {
  if (os == Os::linux) return in_range(port, 32768, 60999);
  if (is_modern_windows(os)) return in_range(port, 49152, 65535);
  if (is_windows(os)) return in_range(port, 1024, 5000);
  return in_range(port, 1024, 5000) || in_range(port, 32768, 65535);
}

}  // namespace deadlight
