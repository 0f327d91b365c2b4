#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace deadlight {

/// The whole of `path`, or of standard input for "-". Waits for a pipe's writer, but not for one to
/// come. Errors: `not_found`, `denied`, `io`; `limit` past `bytes_max`; `unsupported` for a folder.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

/// "NAME: cannot ACTION: No space left on device; free some space, or choose another disk" for the
/// value `error` of errno: `not_found`, `denied` or `io`.
tl::unexpected<Error> file_error(const std::string& name, const char* action, int error);

/// Writes a file piece by piece: a temporary file beside `path`, which commit() syncs and renames
/// over it. Without commit(), and after an error, `path` is as it was.
class FileWriter {
 public:
  /// Errors: `denied`, `io`, `not_found`.
  static Result<FileWriter> create(const std::filesystem::path& path);
  FileWriter(FileWriter&&) noexcept;
  FileWriter& operator=(FileWriter&&) noexcept;
  ~FileWriter();

  /// Errors: `io`.
  Result<> write(std::string_view text);
  /// Errors: `denied`, `io`. Nothing may be written after it.
  Result<> commit();

 private:
  struct Open;
  explicit FileWriter(std::unique_ptr<Open> open);

  std::unique_ptr<Open> open_;
};

/// Writes a temporary file beside `path`, syncs it and renames it over `path`, so that a reader
/// sees the old content or the new, never a part. An error leaves `path` as it was.
/// Errors: `denied`, `io`.
Result<> write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace deadlight
