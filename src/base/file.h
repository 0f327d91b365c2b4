#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace deadlight {

/// The whole of `path`, or of standard input for "-".
/// Errors: `not_found`, `denied`, `io`; `limit` past `bytes_max`; `unsupported` for a folder.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

/// Writes a temporary file beside `path`, syncs it and renames it over `path`, so that a reader
/// sees the old content or the new, never a part. An error leaves `path` as it was.
/// Errors: `denied`, `io`.
Result<> write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace deadlight
