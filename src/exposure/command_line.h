#pragma once

#include <string>
#include <string_view>

namespace deadlight {

/// What "svchost.exe -k netsvcs -p -s Dnscache" says of the services in the process.
struct SvchostCommand {
  std::string group;    ///< of -k; empty if the text is no service host's
  std::string service;  ///< of -s: the only one in it; may be empty
};

SvchostCommand parse_svchost_command(std::string_view command_line);

}  // namespace deadlight
