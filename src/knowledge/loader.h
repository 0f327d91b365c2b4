#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/knowledge.h"
#include "knowledge/places.h"

namespace deadlight::knowledge {

/// As much of a folder as could be read, and one line for everything that could not.
struct FolderReading {
  Loaded loaded;
  std::vector<std::string> problems;
  Places places;          ///< of the rows that were read
  std::size_t files = 0;  ///< how many were read
};

/// What load() is made of; for whoever wants all problems at once instead of the first.
/// Errors: `not_found`, `denied`, `io`, `limit`.
Result<FolderReading> read_folder(const std::filesystem::path& folder, const Knowledge& base);

/// Everything that is wrong with the folder and with the base it makes, one line each with file
/// and line. References are looked at only where every row could be read.
std::vector<std::string> problems_of(const FolderReading& reading);

/// One role as load_role() reads it, with every problem instead of the first.
struct RoleReading {
  Loaded loaded;
  std::vector<std::string> problems;
};
RoleReading read_role_text(std::string_view toml, const std::string& name, const Knowledge& base);

/// What a person wants to know of what they wrote.
struct Checked {
  std::size_t files = 0;
  std::map<std::string, std::size_t> rows;  ///< how many of each kind: "closer"
  std::vector<std::string> problems;        ///< one line each, with file and line
};
/// Checks a folder of rows, one file of rows or a role file, laid over `base`.
/// Errors: `not_found`, `denied`, `io`, `limit`.
Result<Checked> check_path(const std::filesystem::path& path, const Knowledge& base);

/// load() and check() in one. Errors as of load(); `malformed` names the first problem, says how
/// many there are.
Result<Loaded> load_checked(const std::filesystem::path& folder, const Knowledge& base);

}  // namespace deadlight::knowledge
