#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deadlight::knowledge {

struct TomlMember;

/// One value of a TOML file with its line. Keeps the TOML library out of everything else.
struct TomlValue {
  enum class Kind { text, integer, boolean, list, table, other };

  Kind kind = Kind::other;
  std::uint32_t line = 0;
  std::string text;                 ///< for `text`
  std::int64_t integer = 0;         ///< for `integer`
  bool boolean = false;             ///< for `boolean`
  std::vector<TomlValue> items;     ///< for `list`
  std::vector<TomlMember> members;  ///< for `table`, in the order of the lines
};

struct TomlMember {
  std::string key;
  std::uint32_t line = 0;
  TomlValue value;
};

/// "a text", "a list": for messages.
std::string_view kind_title(TomlValue::Kind kind);

/// `message` with '?' for control characters, which a hostile key or text may bring into it.
std::string one_line(std::string message);

/// The top table of a TOML text. `name` stands before messages: "x.toml:3: …".
/// Errors: `malformed`; `limit` for keys or values nested deeper than 16 levels.
Result<TomlValue> parse_toml(std::string_view toml, std::string_view name);

}  // namespace deadlight::knowledge
