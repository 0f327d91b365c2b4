#pragma once

#include <string>
#include <vector>

#include "exposure/exposure.h"

namespace deadlight {

/// Warnings that a step which closes the sockets `closes` would end a connection by which somebody
/// may be administering the host now.
std::vector<std::string> ended_sessions(const Exposure& exposure,
                                        const std::vector<std::string>& closes);

}  // namespace deadlight
