#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace deadlight::knowledge {

/// Where a row and its keys stand in a file, for messages about them.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  /// Line of each key; of the n-th table of a list as "opens[0]".
  std::map<std::string, std::uint32_t, std::less<>> keys;

  /// "x.toml:12"
  std::string text() const { return file + ":" + std::to_string(line); }
};

/// By lower-case kind and id: "closer 'web_off'".
using Places = std::map<std::string, Place, std::less<>>;

}  // namespace deadlight::knowledge
