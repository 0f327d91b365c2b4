#pragma once

#include <cstddef>
#include <cstdint>

/// Reads the bytes as a role file and as a file of the knowledge base. Aborts on a broken promise.
void fuzz_role(const std::uint8_t* data, std::size_t size);
