#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace deadlight::evidence {

/// "HKLM\SYSTEM\…" for a key under any spelling of its hive, without a backslash at the end;
/// nullopt if `text` names no hive.
std::optional<std::string> registry_key(std::string_view text);

/// Strings of a REG_MULTI_SZ as Setting::data holds them.
std::string join_strings(std::string_view text, std::string_view separator);

}  // namespace deadlight::evidence
