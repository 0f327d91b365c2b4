#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/snapshot.h"

namespace deadlight::evidence {

constexpr std::size_t kUuidBytes = 36;

/// True if `text` begins with "12345678-1234-abcd-ef00-0123456789ab".
bool starts_uuid(std::string_view text);

struct RpcInterface {
  std::string id;          ///< lower case, without braces
  std::string version;     ///< "1.0"; empty if none is named
  std::string annotation;  ///< what stands behind
};
/// "UUID v1.0 annotation", "UUID, version 1.0", "{UUID} version=1"
std::optional<RpcInterface> parse_rpc_interface(std::string_view text);

/// True for protocol sequences whose endpoint is a port.
bool is_port_sequence(std::string_view sequence);

/// True if `text` begins like a string binding.
bool starts_rpc_binding(std::string_view text);

/// "ncacn_ip_tcp:10.0.0.1[1025]": sequence, address and endpoint. Nullopt if something is missing
/// or is no port.
std::optional<RpcEndpoint> parse_rpc_binding(std::string_view text);

}  // namespace deadlight::evidence
