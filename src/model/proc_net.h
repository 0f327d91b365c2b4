#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/endpoint.h"

namespace deadlight {

/// A row of /proc/net/tcp or its like.
struct ProcSocket {
  Endpoint endpoint;  ///< without owner and source
  std::uint32_t uid = 0;
  std::uint64_t inode = 0;  ///< 0: the kernel's alone (TIME_WAIT), no process holds it
};

/// True for the heading of such a table: "  sl  local_address rem_address   st …".
bool is_proc_net_heading(std::string_view line);

/// Reads one row. The kernel prints each 32-bit word of an address as a number of its machine, so
/// the bytes are in that machine's `order`. Nullopt if the line is no row.
std::optional<ProcSocket> parse_proc_socket(std::string_view line, Protocol protocol,
                                            std::endian order = std::endian::native);

}  // namespace deadlight
