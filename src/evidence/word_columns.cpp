#include "evidence/word_columns.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kLineBytesMax = 32768;
constexpr std::size_t kWordsMax = 48;
constexpr std::size_t kWordColumnsMax = 24;

/// In how many ways (2 means more than one) words from some word on fill columns from some column
/// on; once for a column that has no word yet, once for one that has.
class Ways {
 public:
  Ways(const std::vector<std::string_view>& words, const std::vector<WordColumn>& columns)
      : words_(words), columns_(columns) {
    for (std::size_t column = columns.size() + 1; column-- > 0;) {
      for (std::size_t word = words.size() + 1; word-- > 0;) fill(column, word);
    }
  }

  bool unique() const { return fresh_[0][0] == 1; }
  /// True if the column takes the word: the one way goes there.
  bool takes(std::size_t column, std::size_t word, bool begun) const {
    if (word == words_.size() || !fits_[column][word]) return false;
    if (begun && !columns_[column].many_words) return false;
    return begun_[column][word + 1] > 0;
  }

 private:
  using Table = std::array<std::array<std::uint8_t, kWordsMax + 1>, kWordColumnsMax + 1>;

  void fill(std::size_t column, std::size_t word) {
    if (column == columns_.size()) {
      fresh_[column][word] = word == words_.size() ? 1 : 0;
      return;
    }
    const WordColumn& rules = columns_[column];
    const bool any = word < words_.size();
    fits_[column][word] = any && (!rules.fits || rules.fits(words_[word])) ? 1 : 0;
    const int taken = fits_[column][word] != 0 ? begun_[column][word + 1] : 0;
    const int left = fresh_[column + 1][word];
    begun_[column][word] = capped(left + (rules.many_words ? taken : 0));
    fresh_[column][word] = capped((rules.may_be_empty ? left : 0) + taken);
  }
  static std::uint8_t capped(int ways) { return static_cast<std::uint8_t>(std::min(ways, 2)); }

  const std::vector<std::string_view>& words_;
  const std::vector<WordColumn>& columns_;
  Table fits_{};
  Table fresh_{};
  Table begun_{};
};

}  // namespace

std::optional<std::vector<std::string_view>> share_words(std::string_view line,
                                                         const std::vector<WordColumn>& columns) {
  if (line.size() > kLineBytesMax) return std::nullopt;
  const std::vector<std::string_view> all = words(line);
  if (all.empty() || all.size() > kWordsMax || columns.size() > kWordColumnsMax)
    return std::nullopt;
  const Ways ways(all, columns);
  if (!ways.unique()) return std::nullopt;
  std::vector<std::string_view> cells(columns.size());
  std::size_t word = 0;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const std::size_t first = word;
    while (ways.takes(column, word, word > first)) ++word;
    if (word == first) continue;
    const char* end = all[word - 1].data() + all[word - 1].size();
    cells[column] = {all[first].data(), static_cast<std::size_t>(end - all[first].data())};
  }
  return cells;
}

}  // namespace deadlight::evidence
