#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {

/// As much of a folder as could be read, and one line for everything that could not.
struct FolderReading {
  Loaded loaded;
  std::vector<std::string> problems;
};

/// What load() is made of; for whoever wants all problems at once instead of the first.
/// Errors: `not_found`, `denied`, `io`, `limit`.
Result<FolderReading> read_folder(const std::filesystem::path& folder, const Knowledge& base);

}  // namespace deadlight::knowledge
