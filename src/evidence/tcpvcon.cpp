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
  return line.starts_with("TCPView v") || istarts_with(line, "Tcpvcon v") ||
         istarts_with(line, "Tcpvcon.exe v") || is_sysinternals_banner(line);
}

/// The lines of one socket: a heading, then "PID:", "State:" (TCP), "Local:" and "Remote:".
class Block {
 public:
  Block(Reading& reading, std::size_t heading, const KeyValue& title)
      : reading_(reading), heading_(heading), end_(heading + 1) {
    connection_.protocol = title.key;
    connection_.process = title.value;
  }

  /// Returns the line after the block.
  std::size_t read() {
    Sources sources = reading_.source(heading_);
    reading_.found(kKind);
    reading_.take(heading_, Mark::row);
    for (; end_ < reading_.line_count() && reading_.is_free(end_); ++end_) {
      const std::optional<KeyValue> field = key_value(trim(reading_.line(end_)));
      if (!field || !set(*field)) break;
      sources.append(reading_.source(end_));
      reading_.take(end_, Mark::row);
    }
    if (is_whole()) {
      add_connection(reading_, connection_, heading_, sources);
    } else {
      // Lines of another socket may stand here, whose heading is lost.
      for (std::size_t i = heading_; i < end_; ++i) {
        reading_.unread(i, "the lines of this socket are not complete");
      }
    }
    return end_;
  }

 private:
  bool set(const KeyValue& field) {
    if (field.key == "PID") {
      set_once(connection_.pid, field.value);
    } else if (field.key == "State") {
      set_once(connection_.state, field.value);
    } else if (field.key == "Local") {
      const Socket local = split_socket(field.value);
      set_once(connection_.local_address, local.address);
      connection_.local_port = local.port;
    } else if (field.key == "Remote") {
      const Socket remote = split_socket(field.value);
      set_once(connection_.remote_address, remote.address);
      connection_.remote_port = remote.port;
    } else {
      return false;
    }
    return true;
  }

  void set_once(std::string_view& value, std::string_view text) {
    doubled_ = doubled_ || !value.empty();
    value = text;
  }

  bool is_whole() const {
    const bool tcp = istarts_with(connection_.protocol, "TCP");
    const bool half = reading_.is_cut_off(end_ - 1) && connection_.remote_port != "0" &&
                      connection_.remote_port != "*";
    return !doubled_ && !half && !connection_.pid.empty() && !connection_.local_address.empty() &&
           !connection_.remote_address.empty() && !(tcp && connection_.state.empty());
  }

  Reading& reading_;
  Connection connection_;
  std::size_t heading_;
  std::size_t end_;
  bool doubled_ = false;
};

}  // namespace

void read_tcpvcon(Reading& reading) {
  for (std::size_t i = reading.next_free(0); i < reading.line_count();) {
    const std::string_view line = reading.line(i);
    const std::size_t first = indent_of(line);
    std::size_t next = i + 1;
    if (first < line.size() && line[first] == '[') {
      if (const auto title = block_heading(trim(line))) next = Block(reading, i, *title).read();
    } else if (first == 0 && is_banner(line)) {
      reading.take(i, Mark::heading);
    }
    i = reading.next_free(next);
  }
}

}  // namespace deadlight::evidence
