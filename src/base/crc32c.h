#pragma once

#include <cstdint>
#include <string_view>

namespace deadlight {

/// CRC-32C (Castagnoli), as iSCSI and ext4 have it: RFC 3720, 12.1.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace deadlight
