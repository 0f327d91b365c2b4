#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace deadlight::execute {

/// The file under the journal. A layer of its own so that tests can let it fail at any call. After
/// an error only read() and truncate() mean anything.
class JournalFile {
 public:
  virtual ~JournalFile() = default;

  /// All of it. Errors: `io`; `limit` past `bytes_max`.
  virtual Result<std::string> read(std::size_t bytes_max) = 0;

  /// At the end. An error may leave a part of `bytes` there. Errors: `io`, `denied`.
  virtual Result<> append(std::string_view bytes) = 0;

  /// Returns once everything appended would survive a power cut. Errors: `io`.
  virtual Result<> sync() = 0;

  /// Errors: `io`, `denied`.
  virtual Result<> truncate(std::uint64_t bytes) = 0;
};

/// Opens `path` for this process alone until the value is destroyed; creates it (0600) and its
/// folder (0700) where they are missing, and syncs the folder. The lock is on `path` + ".lock", so
/// that it holds also while somebody moves the journal away.
/// Errors: `conflict` while another process holds it, with its PID; `refused` where somebody else
/// could write to it; `denied`, `io`.
Result<std::unique_ptr<JournalFile>> open_journal_file(const std::filesystem::path& path);

}  // namespace deadlight::execute
