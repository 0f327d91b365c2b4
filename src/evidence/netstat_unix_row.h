#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evidence/unix_socket.h"
#include "model/endpoint.h"

namespace deadlight::evidence {

/// The start of a row of net-tools', busybox' or BSD's netstat: protocol, two queues, two sockets.
struct NetstatUnixCells {
  std::string_view protocol;
  std::string_view local;
  std::string_view foreign;
  std::string_view rest;  ///< state, owner, timer; points into the text
  bool bsd = false;       ///< "*.22" instead of "0.0.0.0:22"
};
/// Nullopt if `text` does not begin with a protocol in lower case and two numbers. Sockets that are
/// not there are empty.
std::optional<NetstatUnixCells> cut_netstat_unix_row(std::string_view text);

/// Where the next row begins in a text that has lost its line ends; npos if there is none.
std::size_t find_netstat_unix_row(std::string_view text);

/// True for "raw", "udpl6", "icm4", "sctp": rows that have no port of TCP or UDP.
bool is_portless_protocol(std::string_view word);

/// What the heading and the other rows of a listing say.
struct NetstatUnixLayout {
  std::size_t letters_max = 0;  ///< of a socket that is not cut off; 0 if the heading does not tell
  bool wide = false;            ///< some socket is longer than that: nothing is cut off
  bool pid_column = false;      ///< of BSD and macOS: "pid" after the state
  std::size_t pid_place = 0;    ///< words between the state and it
  bool named_pid = false;       ///< macOS 14: "process:pid"
};
/// From "Proto Recv-Q Send-Q Local Address           Foreign Address …".
NetstatUnixLayout netstat_unix_layout(std::string_view heading);
/// True if the socket is longer than a tool prints that cuts addresses off.
bool is_wide(const NetstatUnixCells& cells, const NetstatUnixLayout& layout);

struct NetstatUnixRow {
  Endpoint endpoint;
  std::string foreign_state;  ///< a word that is no known state; `endpoint` has a guess by position
};
/// Errors: `not_found` for a socket without a port ("*.*"); `malformed`, also for an address that
/// may be cut off.
Result<NetstatUnixRow> parse_netstat_unix(const NetstatUnixCells& cells,
                                          const NetstatUnixLayout& layout);

}  // namespace deadlight::evidence
