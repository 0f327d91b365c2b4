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

Colour colour_of(Verdict verdict);

struct Counts {
  std::size_t open = 0;                     ///< what a list of open ports shows
  std::array<std::size_t, 6> by_verdict{};  ///< of those, by static_cast<size_t>(Verdict)
  std::size_t connections = 0;
  std::size_t phantoms = 0;

  std::size_t of(Verdict verdict) const { return by_verdict[static_cast<std::size_t>(verdict)]; }
};
Counts count(const Exposure& exposure);

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

}  // namespace deadlight::report
