#pragma once

#include <cstddef>
#include <string_view>

#include "evidence/reading.h"

/// netsh draws a line of dashes below each heading; what stands above tells the listing, in any
/// language. Each function looks at the listing whose dashes are line `ruler`, and returns the line
/// after it; `ruler` if it is of another kind.
namespace deadlight::evidence {

/// `netsh http show servicestate`, by session or by request queue.
std::size_t read_netsh_servicestate(Reading& reading, std::size_t ruler);
/// `netsh http show urlacl`
std::size_t read_netsh_urlacl(Reading& reading, std::size_t ruler);
/// Its rows without a heading, as guides quote them: `index` is the first.
std::size_t read_netsh_urlacl_rows(Reading& reading, std::size_t index);
/// `netsh advfirewall firewall show rule`, also verbose.
std::size_t read_netsh_rule(Reading& reading, std::size_t ruler);
/// `netsh firewall show portopening` of Windows XP.
std::size_t read_netsh_portopening(Reading& reading, std::size_t ruler);
/// `netsh interface ipv4 show dynamicport` and `excludedportrange`
std::size_t read_netsh_ports(Reading& reading, std::size_t ruler);

/// Takes the line as a heading, and records that netsh printed it.
void take_netsh_heading(Reading& reading, std::size_t index);

/// The last line with text above `index`, at most two lines up; empty if there is none that is
/// free.
std::size_t netsh_heading(const Reading& reading, std::size_t ruler);

bool is_blank_line(std::string_view line);

}  // namespace deadlight::evidence
