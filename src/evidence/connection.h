#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// One socket as a tool with columns names it; what it has no column for is empty.
struct Connection {
  std::string_view protocol;
  std::string_view local_address;
  std::string_view local_port;
  std::string_view remote_address;
  std::string_view remote_port;
  std::string_view state;
  std::string_view pid;
  std::string_view process;  ///< image name, or its full path
  std::string_view path;
  std::string_view services;  ///< of the process, separated by commas
};

/// "TCP", "UDP", "TCPV6": nothing else in this cell, so that a row can be known by it.
bool is_protocol_cell(std::string_view cell);

/// "LISTENING", "Listen", "Time Wait", "Fin Wait1"
bool is_state_cell(std::string_view cell);

/// "0.0.0.0:135", "[::]:135", "*:*" into address and port; the port is empty if there is none.
struct Socket {
  std::string_view address;
  std::string_view port;
};
Socket split_socket(std::string_view text);

/// A row of TCPView, tcpvcon or CurrPorts that has no heading, known by where its protocol, process
/// id and ports stand. Nullopt for anything else.
std::optional<Connection> connection_of_cells(const std::vector<std::string>& cells);

/// The file name of a path.
std::string_view file_name(std::string_view path);

/// Adds the endpoint and its process, and marks the line as a row; or says why the line is none.
void add_connection(Reading& reading, const Connection& connection, std::size_t line,
                    const Sources& sources);

}  // namespace deadlight::evidence
