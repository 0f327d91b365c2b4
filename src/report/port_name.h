#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/endpoint.h"

namespace deadlight::report {

struct PortName {
  std::vector<Protocol> protocols;  ///< both, if only a number was given
  std::uint16_t port = 0;
};

/// A port as a person writes it: "445/tcp", "tcp/445", "445", "tcp 0.0.0.0:445". nullopt for what
/// is meant as a name. Errors: `malformed`.
std::optional<Result<PortName>> parse_port(std::string_view text);

}  // namespace deadlight::report
