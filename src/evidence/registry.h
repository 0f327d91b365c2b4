#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "evidence/reading.h"

namespace deadlight::evidence {

/// "HKLM\SYSTEM\…" for a key under any spelling of its hive, without a backslash at the end;
/// nullopt if `text` names no hive.
std::optional<std::string> registry_key(std::string_view text);

/// Strings of a REG_MULTI_SZ as Setting::data holds them.
std::string join_strings(std::string_view text, std::string_view separator);

/// The key that values belong to. A line with a key that is lost would give its values to the key
/// above, so what speaks for that closes the key.
class OpenKey {
 public:
  explicit OpenKey(Reading& reading) : reading_(reading) {}

  bool is_open() const { return !key_.empty(); }
  const std::string& key() const { return key_; }
  /// A key named in line `line`.
  void open(std::string key, std::size_t line);
  void close() {
    key_.clear();
    values_.clear();
  }
  /// After a blank line comes another key, unless every line is followed by one.
  void blank_line();
  /// Adds a value of the key. Returns why it is none; empty if it was added.
  std::string add(Setting&& setting);

 private:
  Reading& reading_;
  std::string key_;
  std::size_t line_ = 0;
  std::size_t first_ = 0;  ///< of this key's values in the snapshot
  std::map<std::string, std::string, ILess> values_;
  std::optional<bool> double_spaced_;
};

}  // namespace deadlight::evidence
