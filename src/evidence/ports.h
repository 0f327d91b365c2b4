#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/endpoint.h"

namespace deadlight::evidence {

/// The port that Windows' own `services` file gives `name`, which netstat prints without -n.
std::optional<std::uint16_t> find_port(std::string_view name, Protocol protocol);

}  // namespace deadlight::evidence
