#include "base/text_width.h"

namespace deadlight {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// What terminals draw two columns wide (Unicode's East Asian Width, classes W and F; rounded).
constexpr Range kWide[] = {
    {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
// Combining marks and what has no width of its own.
constexpr Range kZero[] = {
    {0x0300, 0x036f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
// Controls, line separators, the marks that change the direction of what follows (they make text
// lie), and what is no character.
constexpr Range kForbidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c},
                                {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
                                {0xd800, 0xdfff}, {0xfffe, 0xffff}};

template <std::size_t N>
bool within(const Range (&ranges)[N], char32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

}  // namespace

Glyph first_glyph(std::string_view text) {
  if (text.empty()) return {};
  const Glyph broken{1, 1, false};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead >= ' ' && lead < 0x7f) return {1, 1, true};  // nearly all of a large listing
  const std::size_t length = length_of(lead);
  if (length == 0 || length > text.size()) return broken;
  char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0U) != 0x80U) return broken;
    point = point << 6U | (byte & 0x3fU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || point > 0x10ffff) return broken;
  if (within(kForbidden, point)) return {length, 1, false};
  if (within(kZero, point)) return {length, 0, true};
  return {length, within(kWide, point) ? 2 : 1, true};
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    if (glyph.printable) {
      result.append(text.substr(0, glyph.bytes));
    } else {
      result += text[0] == '\t' || text[0] == '\n' ? ' ' : '?';
    }
    text.remove_prefix(glyph.bytes);
  }
  return result;
}

int columns_in(std::string_view text) {
  int result = 0;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    result += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return result;
}

}  // namespace deadlight
