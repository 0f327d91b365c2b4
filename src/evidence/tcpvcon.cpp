#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/connection.h"
#include "evidence/readers.h"
#include "evidence/sysinternals.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "tcpvcon";

/// "[TCP] svchost.exe", "[UDPV6] C:\Windows\System32\svchost.exe"
std::optional<KeyValue> block_heading(std::string_view line) {
  const std::size_t close = line.find(']');
  if (!line.starts_with('[') || close == std::string_view::npos) return std::nullopt;
  const std::string_view protocol = line.substr(1, close - 1);
  const std::string_view process = trim(line.substr(close + 1));
  if (!is_protocol_cell(protocol) || process.empty()) return std::nullopt;
  return KeyValue{protocol, process};
}

bool is_banner(std::string_view line) {
  return line.starts_with("TCPView v") || line.starts_with("Tcpvcon v") ||
         line.starts_with("TCPVcon v") || is_sysinternals_banner(line);
}

/// Reads the lines of a socket below its heading, and returns the line after them.
std::size_t read_block(Reading& reading, std::size_t heading, const KeyValue& title) {
  Connection connection;
  connection.protocol = title.key;
  connection.process = title.value;
  Sources sources = reading.source(heading);
  reading.found(kKind);
  reading.take(heading, Mark::row);
  std::size_t i = heading + 1;
  for (; i < reading.line_count() && reading.is_free(i); ++i) {
    const std::optional<KeyValue> field = key_value(trim(reading.line(i)));
    if (!field) break;
    if (field->key == "PID") {
      connection.pid = field->value;
    } else if (field->key == "State") {
      connection.state = field->value;
    } else if (field->key == "Local") {
      const Socket local = split_socket(field->value);
      connection.local_address = local.address;
      connection.local_port = local.port;
    } else if (field->key == "Remote") {
      const Socket remote = split_socket(field->value);
      connection.remote_address = remote.address;
      connection.remote_port = remote.port;
    } else {
      break;
    }
    sources.append(reading.source(i));
    reading.take(i, Mark::row);
  }
  add_connection(reading, connection, heading, sources);
  return i;
}

}  // namespace

void read_tcpvcon(Reading& reading) {
  for (std::size_t i = reading.next_free(0); i < reading.line_count();) {
    const std::string_view line = reading.line(i);
    const std::size_t first = indent_of(line);
    std::size_t next = i + 1;
    if (first < line.size() && line[first] == '[') {
      if (const auto title = block_heading(trim(line))) next = read_block(reading, i, *title);
    } else if (first == 0 && is_banner(line)) {
      reading.take(i, Mark::heading);
    }
    i = reading.next_free(next);
  }
}

}  // namespace deadlight::evidence
