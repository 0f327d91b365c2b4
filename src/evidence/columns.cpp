#include "evidence/columns.h"

#include <algorithm>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kKeyLettersMax = 64;

bool is_letter_start(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

bool is_ascii(std::string_view text) {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

/// Bytes from `from` on that `letters` letters take; the size of the text if it has fewer.
std::size_t skip_letters(std::string_view text, std::size_t from, std::size_t letters) {
  // Most rows are plain, and there letters are bytes.
  const std::string_view plain = text.substr(from, letters);
  if (is_ascii(plain)) return from + plain.size();
  std::size_t at = from;
  while (at < text.size() && letters > 0) {
    ++at;
    while (at < text.size() && !is_letter_start(text[at])) ++at;
    --letters;
  }
  return at;
}

/// The same for tabs: the place behind `tabs` of them.
std::size_t skip_tabs(std::string_view text, std::size_t from, std::size_t tabs) {
  for (; tabs > 0; --tabs) {
    const std::size_t tab = text.find('\t', from);
    if (tab == std::string_view::npos) return text.size();
    from = tab + 1;
  }
  return from;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// If a word goes over `border`: where it begins.
std::size_t word_begin(std::string_view line, std::size_t border) {
  if (border >= line.size() || is_blank(line[border])) return border;
  while (border > 0 && !is_blank(line[border - 1])) --border;
  return border;
}

}  // namespace

void Columns::add(std::size_t begin) {
  if (begin_.size() < kColumnsMax) begin_.push_back(begin);
}

std::optional<Columns> Columns::from_ruler(std::string_view line, std::size_t columns_min) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || (line[first] != '-' && line[first] != '=')) {
    return std::nullopt;
  }
  const char dash = line[first];
  Columns columns(trim(line));
  std::size_t tabs = 0;
  bool inside = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c != dash && !is_blank(c) && c != '\r') return std::nullopt;
    if (c == dash && !inside) columns.add(columns.tabs_ ? tabs : at);
    if (c != dash && inside && columns.end_.size() < columns.begin_.size()) {
      columns.end_.push_back(at);
    }
    inside = c == dash;
    tabs += c == '\t' ? 1 : 0;
  }
  if (columns.end_.size() < columns.begin_.size()) columns.end_.push_back(line.size());
  if (columns.size() < columns_min) return std::nullopt;
  return columns;
}

std::optional<Columns> Columns::from_heading(std::string_view line, std::size_t columns_min) {
  Columns columns(trim(line));
  std::size_t letter = 0;
  std::size_t blanks = 2;  // before the letter; a line begins as after two
  std::size_t tabs = 0;
  for (const char c : line) {
    if (c == '\t') ++tabs;
    if (is_blank(c) || c == '\r') {
      blanks += c == '\t' ? 2 : 1;
    } else {
      if (blanks > 1) columns.add(columns.tabs_ ? tabs : letter);
      blanks = 0;
    }
    letter += is_letter_start(c) ? 1 : 0;
  }
  if (columns.size() < columns_min) return std::nullopt;
  return columns;
}

Columns::Range Columns::range(std::string_view line, std::size_t column, bool right_aligned) const {
  const auto skip = tabs_ ? skip_tabs : skip_letters;
  std::size_t begin = skip(line, 0, begin_[column]);
  std::size_t end = line.size();
  if (column + 1 < begin_.size()) end = skip(line, begin, begin_[column + 1] - begin_[column]);
  if (right_aligned && !tabs_) {
    begin = word_begin(line, begin);
    end = std::max(begin, word_begin(line, end));
  }
  return {begin, end};
}

std::string_view Columns::cell(std::string_view line, std::size_t column,
                               bool right_aligned) const {
  if (column >= begin_.size()) return {};
  const Range bytes = range(line, column, right_aligned);
  return trim(line.substr(bytes.begin, bytes.end - bytes.begin));
}

bool Columns::aligned(std::string_view line) const {
  if (tabs_) return true;
  for (std::size_t column = 0; column < begin_.size(); ++column) {
    const Range bytes = range(line, column, true);
    const std::string_view cell = line.substr(bytes.begin, bytes.end - bytes.begin);
    const std::string_view text = trim(cell);
    if (text.empty()) continue;
    const auto first = static_cast<std::size_t>(text.data() - line.data());
    const std::size_t begin = letters_in(line.substr(0, first));
    const std::size_t end = begin + letters_in(text);
    const bool ends = column < end_.size() && end == end_[column];
    if (begin != begin_[column] && !ends) return false;
  }
  return true;
}

bool Columns::may_be_collapsed() const {
  for (std::size_t column = 0; column + 1 < begin_.size() && column < end_.size(); ++column) {
    if (begin_[column + 1] > end_[column] + 1) return false;
  }
  return !tabs_;
}

std::size_t Columns::find(std::string_view heading, std::string_view name) const {
  for (std::size_t column = 0; column < begin_.size(); ++column) {
    if (iequals(cell(heading, column), name)) return column;
  }
  return std::string_view::npos;
}

std::size_t letters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_letter_start));
}

std::optional<KeyValue> key_value(std::string_view line, char separator) {
  const std::size_t at = line.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view key = trim(line.substr(0, at));
  if (key.empty() || skip_letters(key, 0, kKeyLettersMax) < key.size()) return std::nullopt;
  return KeyValue{key, trim(line.substr(at + 1))};
}

}  // namespace deadlight::evidence
