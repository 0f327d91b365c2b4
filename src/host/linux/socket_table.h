#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/proc_net.h"
#include "model/snapshot.h"

namespace deadlight::linux_host {

struct SocketRow : ProcSocket {
  std::uint32_t line = 0;
};

struct SocketTable {
  std::vector<SocketRow> rows;
  std::vector<Unread> unread;
};

/// Reads the text of such a table; `name` stands in messages ("/proc/net/udp6").
/// Errors: `malformed` if the first line is not the heading of a socket table.
Result<SocketTable> parse_socket_table(std::string_view text, Protocol protocol,
                                       std::string_view name);

}  // namespace deadlight::linux_host
