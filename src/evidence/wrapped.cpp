#include "evidence/wrapped.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/columns.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kWindowLettersMin = 40;
constexpr std::size_t kLinesNearby = 40;       // on either side
constexpr std::size_t kWindowBytesMax = 1024;  // no window is wider
constexpr std::array<std::size_t, 5> kUsualLetters = {80, 100, 120, 132, 160};

}  // namespace

bool may_be_wrapped(const Reading& reading, std::size_t line) {
  if (line + 1 >= reading.line_count() || trim(reading.line(line + 1)).empty()) return false;
  if (reading.line(line).size() > kWindowBytesMax) return false;
  const std::size_t letters = letters_in(reading.line(line));
  if (letters < kWindowLettersMin) return false;
  const std::size_t first = line - std::min(line, kLinesNearby);
  const std::size_t end = std::min(line + kLinesNearby, reading.line_count());
  for (std::size_t i = first; i < end; ++i) {
    const std::string_view other = reading.line(i);
    // A line of fewer bytes has no more letters.
    if (other.size() > letters && letters_in(other) > letters) return false;
  }
  return true;
}

std::optional<std::string> unwrapped(const Reading& reading, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i <= last; ++i) {
    const std::size_t letters = letters_in(reading.line(i));
    const bool usual =
        std::find(kUsualLetters.begin(), kUsualLetters.end(), letters) != kUsualLetters.end();
    if (i < last && !usual) return std::nullopt;
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
