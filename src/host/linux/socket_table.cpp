#include "host/linux/socket_table.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace deadlight::linux_host {

Result<SocketTable> parse_socket_table(std::string_view text, Protocol protocol,
                                       std::string_view name) {
  SocketTable table;
  std::uint32_t line_number = 0;
  bool is_table = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (++line_number == 1) {
      is_table = is_proc_net_heading(line);
      if (!is_table) break;
    } else if (auto socket = parse_proc_socket(line, protocol)) {
      table.rows.push_back({std::move(*socket), line_number});
    } else if (!trim(line).empty()) {
      table.unread.push_back({std::string(name), line_number, "is no row of a socket table"});
    }
  }
  if (!is_table) {
    return fail(Errc::malformed,
                fmt::format("{}: is no socket table; is /proc mounted there?", name));
  }
  return table;
}

}  // namespace deadlight::linux_host
