#pragma once

#include <string_view>

#include "base/result.h"
#include "evidence/unix_socket.h"
#include "model/endpoint.h"

namespace deadlight::evidence {

/// "*:22", "127.0.0.1:5432->127.0.0.1:40000": lsof's NAME of a socket, and its state "LISTEN",
/// which UDP has none of. Errors: `malformed`; `not_found` for a socket without a port ("*:*").
Result<Endpoint> parse_lsof_socket(std::string_view name, std::string_view state,
                                   const UnixProtocol& protocol);

}  // namespace deadlight::evidence
