#pragma once

#include <cstddef>
#include <cstdint>

/// Reads the bytes as one datagram of sock_diag: the first says of which kind. Aborts on a broken
/// promise.
void fuzz_sock_diag(const std::uint8_t* data, std::size_t size);
