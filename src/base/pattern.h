#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace deadlight {

/// A regular expression for single lines, in the form of ECMAScript, without difference of case.
/// Lines past 2,048 bytes never match: the time and stack that matching takes grow with them.
class Pattern {
 public:
  /// Errors: `malformed`, with what is wrong.
  static Result<Pattern> compile(std::string_view text);

  /// True if it is found anywhere in `line`.
  bool matches(std::string_view line) const;
  /// `line` with the part that matches replaced; "$1" to "$9" stand for what the groups matched.
  /// nullopt if nothing does.
  std::optional<std::string> replace(std::string_view line, std::string_view with) const;

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled);

  std::shared_ptr<const Compiled> compiled_;  ///< shared by copies; never changed once made
};

}  // namespace deadlight
