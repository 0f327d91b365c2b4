#include <algorithm>

#include "base/text.h"
#include "base/text_width.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

constexpr std::string_view kBreakAfter = "\\/,:;";

/// The longest start of `word` that fits into `width` columns, ended at a good place if one is in
/// its second half. Takes at least one character, or nothing would ever move on.
std::size_t piece_bytes(std::string_view word, int width) {
  std::size_t bytes = 0;
  std::size_t good = 0;
  int used = 0;
  while (bytes < word.size()) {
    const Glyph glyph = first_glyph(word.substr(bytes));
    if (used + glyph.columns > width && bytes > 0) break;
    used += glyph.columns;
    bytes += glyph.bytes;
    if (kBreakAfter.find(word[bytes - 1]) != std::string_view::npos) good = bytes;
  }
  return bytes < word.size() && good > bytes / 2 ? good : bytes;
}

/// Fills lines; a part that does not fit behind the last one starts a new line.
class Lines {
 public:
  explicit Lines(int width) : width_(std::max(width, 1)) {}

  void add(std::string_view part, std::string_view separator) {
    int wide = columns_in(part);
    if (!started_) {
      started_ = true;
    } else if (used_ + columns_in(separator) + wide <= width_) {
      append(separator);
    } else {
      next(trim(separator));
    }
    while (wide > width_ - used_) {
      const std::size_t bytes = piece_bytes(part, width_ - used_);
      wide -= columns_in(part.substr(0, bytes));
      append(part.substr(0, bytes));
      part.remove_prefix(bytes);
      if (part.empty()) return;
      next({});
    }
    append(part);
  }

  std::vector<std::string> take() {
    lines_.push_back(std::move(line_));
    return std::move(lines_);
  }

 private:
  void append(std::string_view text) {
    line_.append(text);
    used_ += columns_in(text);
  }
  void next(std::string_view tail) {
    line_.append(tail);
    lines_.push_back(std::move(line_));
    line_.clear();
    used_ = 0;
  }

  int width_;
  int used_ = 0;
  bool started_ = false;
  std::string line_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> wrap(std::string_view text, int width) {
  const std::string clean = printable(text);
  Lines lines(width);
  for (const std::string_view word : words(clean)) lines.add(word, " ");
  return lines.take();
}

std::vector<std::string> wrap_list(const std::vector<std::string>& items, int width) {
  // One column stays free for the comma at a line's end.
  Lines lines(width - 1);
  for (const std::string& item : items) lines.add(printable(item), ", ");
  return lines.take();
}

}  // namespace deadlight::report
