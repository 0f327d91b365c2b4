#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exposure/exposure.h"
#include "report/table.h"

namespace deadlight::report {

/// How a person reads verdicts: what has to be looked at first.
inline constexpr std::array<Verdict, 6> kVerdictsByUrgency = {Verdict::unknown, Verdict::unneeded,
                                                              Verdict::stuck,   Verdict::needed,
                                                              Verdict::local,   Verdict::outbound};

/// Place in kVerdictsByUrgency.
std::size_t urgency(Verdict verdict);

/// True for an open port about which something is to be done or found out.
bool is_finding(const Exposed& row);

Colour colour_of(Verdict verdict);

struct Counts {
  std::size_t open = 0;                     ///< what a list of open ports shows
  std::array<std::size_t, 6> by_verdict{};  ///< of those, by static_cast<size_t>(Verdict)
  std::size_t connections = 0;
  std::size_t phantoms = 0;

  std::size_t of(Verdict verdict) const { return by_verdict[static_cast<std::size_t>(verdict)]; }
};
Counts count(const Exposure& exposure);

/// What an empty list of open ports means: with lines that nobody understood, not that all is shut.
std::string_view nothing_open(bool has_unread);

/// Who opened it, for a person: "NetBIOS over TCP/IP (netbt)", "Nobody could be named".
std::string owner_title(const Exposed& row, const knowledge::Knowledge& kb);

/// Open ports with one explanation, in listing order.
struct Group {
  std::string title;
  std::vector<const Exposed*> rows;  ///< not owned; never empty
};

/// Everything that is_listed(), the most urgent group first.
std::vector<Group> group_by_owner(const Exposure& exposure, const knowledge::Knowledge& kb);

inline constexpr std::string_view kNotKnown = "-";

/// "svchost.exe (884)", "PID 884"; kNotKnown where neither is known.
std::string process_text(const Endpoint& endpoint, const Owner& owner);

/// "445/tcp": as `explain` and `--keep` take it.
std::string port_text(const Endpoint& endpoint);

/// The address of a socket without its port; IPv6 in brackets.
std::string address_text(const Address& address);
/// The same for the local side of a row, which may stand for many sockets: "127.0.0.1 and 7 more".
std::string address_text(const Endpoint& endpoint);

/// "netstat.txt:7"; the file alone for line 0, which is a system call or a whole file.
std::string place_text(std::string_view file, std::uint32_t line);

/// Where the socket was read, each place as place_text().
std::vector<std::string> places_of(const Endpoint& endpoint, const std::vector<Evidence>& evidence);

}  // namespace deadlight::report
