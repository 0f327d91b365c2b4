#include "evidence/wrapped.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/text_width.h"

namespace deadlight::evidence {
namespace {

constexpr int kWindowColumnsMin = 40;
constexpr std::size_t kLinesNearby = 40;       // on either side
constexpr std::size_t kWindowBytesMax = 1024;  // no window is wider
constexpr std::array<int, 5> kUsualColumns = {80, 100, 120, 132, 160};

/// True if `line` fills a window of a usual size, but for a wide letter that begins the `next`.
bool fills_window(std::string_view line, std::string_view next) {
  const int columns = columns_in(line);
  return std::any_of(kUsualColumns.begin(), kUsualColumns.end(), [&](int usual) {
    return columns == usual || (columns + 1 == usual && first_glyph(next).columns == 2);
  });
}

}  // namespace

bool may_be_wrapped(const Reading& reading, std::size_t line) {
  if (line + 1 >= reading.line_count() || trim(reading.line(line + 1)).empty()) return false;
  if (reading.line(line).size() > kWindowBytesMax) return false;
  const int columns = columns_in(reading.line(line));
  if (columns < kWindowColumnsMin) return false;
  const std::size_t first = line - std::min(line, kLinesNearby);
  const std::size_t end = std::min(line + kLinesNearby, reading.line_count());
  for (std::size_t i = first; i < end; ++i) {
    const std::string_view other = reading.line(i);
    // A line of fewer bytes takes no more columns; a wide letter may not have fitted.
    if (other.size() > static_cast<std::size_t>(columns) && columns_in(other) > columns + 1) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> unwrapped(const Reading& reading, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i <= last; ++i) {
    if (i < last && !fills_window(reading.line(i), reading.line(i + 1))) return std::nullopt;
    text += reading.line(i);
  }
  return text;
}

WrappedRow gather_row(const Reading& reading, std::size_t line, bool (*is_row)(std::string_view)) {
  constexpr std::size_t kRowLinesMax = 16;
  std::size_t end = line + 1;
  while (end - line < kRowLinesMax && may_be_wrapped(reading, end - 1) && reading.is_free(end) &&
         !is_row(reading.line(end))) {
    ++end;
  }
  return {end, unwrapped(reading, line, end - 1)};
}

void refuse_wrapped(Reading& reading, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i <= last; ++i) {
    reading.unread(i, "a row that goes on in the next line; copy it from a wider window");
  }
}

void refuse_one_line(Reading& reading, std::size_t line) {
  reading.unread(line, "several lines of a listing stand on this one; keep the line ends");
}

}  // namespace deadlight::evidence
