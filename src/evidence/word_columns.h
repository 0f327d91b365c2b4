#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace deadlight::evidence {

/// What may stand in a column of a table whose blanks were collapsed.
struct WordColumn {
  bool (*fits)(std::string_view word) = nullptr;  ///< one word; null: any word
  bool may_be_empty = false;
  bool many_words = false;
};

/// Shares the words of `line` out to the columns, in order. Nullopt if that cannot be done, or if
/// it can be done in more than one way.
std::optional<std::vector<std::string_view>> share_words(std::string_view line,
                                                         const std::vector<WordColumn>& columns);

}  // namespace deadlight::evidence
