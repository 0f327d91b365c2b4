#pragma once

#include <optional>
#include <string_view>

#include "model/endpoint.h"

namespace deadlight::evidence {

/// A TCP state as netstat of Windows or Linux prints it, in any language that is known; no
/// difference of case for ASCII letters.
std::optional<State> find_state(std::string_view word);

}  // namespace deadlight::evidence
