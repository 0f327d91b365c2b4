#include <algorithm>

#include "base/text.h"
#include "evidence/connection.h"

namespace deadlight::evidence {
namespace {

/// Cells from an index on; empty where the row ends.
class Cells {
 public:
  explicit Cells(const std::vector<std::string>& cells) : cells_(cells) {}
  std::string_view operator[](std::size_t index) const {
    return index < cells_.size() ? std::string_view(cells_[index]) : std::string_view();
  }
  std::size_t size() const { return cells_.size(); }

 private:
  const std::vector<std::string>& cells_;
};

void set_local(Connection& row, const Socket& socket) {
  row.local_address = socket.address;
  row.local_port = socket.port;
}

void set_remote(Connection& row, const Socket& socket) {
  row.remote_address = socket.address;
  row.remote_port = socket.port;
}

/// tcpvcon -c: "TCP,svchost.exe,1044,LISTENING,0.0.0.0:135,0.0.0.0:0"
std::optional<Connection> of_tcpvcon(const Cells& cells) {
  constexpr std::size_t kCells = 6;
  if (cells.size() != kCells || !number<std::uint32_t>(cells[2])) return std::nullopt;
  Connection row;
  row.protocol = cells[0];
  row.process = cells[1];
  row.pid = cells[2];
  row.state = cells[3];
  set_local(row, split_socket(cells[4]));
  set_remote(row, split_socket(cells[5]));
  return row;
}

/// TCPView 2: "svchost.exe:1044", TCP, "host:135", "host:0", LISTENING
std::optional<Connection> of_tcpview_2(const Cells& cells) {
  const Socket owner = split_socket(cells[0]);
  if (cells.size() < 4 || owner.address.empty() || !number<std::uint32_t>(owner.port)) {
    return std::nullopt;
  }
  Connection row;
  row.process = owner.address;
  row.pid = owner.port;
  row.protocol = cells[1];
  set_local(row, split_socket(cells[2]));
  set_remote(row, split_socket(cells[3]));
  row.state = cells[4];
  return row;
}

/// Name, process id, protocol; then as TCPView 3, TCPView 4 or CurrPorts order the rest.
std::optional<Connection> of_three_columns(const Cells& cells) {
  constexpr std::size_t kCellsMin = 6;
  if (cells.size() < kCellsMin || cells[0].empty()) return std::nullopt;
  if (!number<std::uint32_t>(cells[1])) return std::nullopt;
  Connection row;
  row.process = cells[0];
  row.pid = cells[1];
  row.protocol = cells[2];
  if (number<std::uint16_t>(cells[3])) {
    constexpr std::size_t kPath = 11;
    if (cells.size() <= kPath) return std::nullopt;  // its end is in another line, or lost
    row.local_port = cells[3];
    row.local_address = cells[5];
    row.remote_port = cells[6];
    row.remote_address = cells[8];
    row.state = cells[10];
    row.path = cells[kPath];
    return row;
  }
  // TCPView 4 has the state in front, also empty for UDP.
  const std::size_t first = is_state_cell(cells[3]) || cells[3].empty() ? 4 : 3;
  row.local_address = cells[first];
  row.local_port = cells[first + 1];
  row.remote_address = cells[first + 2];
  row.remote_port = cells[first + 3];
  row.state = first == 4 ? cells[3] : cells[7];
  return row;
}

}  // namespace

std::optional<Connection> connection_of_cells(const std::vector<std::string>& cells) {
  const Cells row(cells);
  if (is_protocol_cell(row[0])) return of_tcpvcon(row);
  if (is_protocol_cell(row[1])) return of_tcpview_2(row);
  if (is_protocol_cell(row[2])) return of_three_columns(row);
  return std::nullopt;
}

}  // namespace deadlight::evidence
