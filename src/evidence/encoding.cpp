#include "evidence/encoding.h"

#include <algorithm>
#include <cstdint>

#include "evidence/code_page.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16LittleMark = "\xFF\xFE";
constexpr std::string_view kUtf16BigMark = "\xFE\xFF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    const std::uint32_t first = byte(bytes[i]);
    const std::uint32_t second = byte(bytes[i + 1]);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    std::uint32_t code = unit(i);
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size()) {
      const std::uint32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    if (code == 0xFEFF) continue;  // a mark in the middle: two files were joined
    append_utf8(out, code == 0xA0 ? ' ' : code);
  }
  if (i < bytes.size()) out += kReplacement;
  return out;
}

/// Length of the UTF-8 letter at the start of `text`, 0 if there is none (RFC 3629, section 4).
std::size_t letter_bytes(std::string_view text) {
  const std::uint8_t lead = byte(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xC2   ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(text[i]) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = byte(text[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool too_high = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_high ? 0 : size;
}

bool is_plain(char c) { return c != 0 && byte(c) < 0x80; }

/// Calls `plain` for runs of ASCII and `other` for each letter or broken byte between them.
template <class Plain, class Other>
void walk_utf8(std::string_view bytes, Plain plain, Other other) {
  while (!bytes.empty()) {
    const auto run = static_cast<std::size_t>(
        std::find_if_not(bytes.begin(), bytes.end(), is_plain) - bytes.begin());
    plain(bytes.substr(0, run));
    bytes.remove_prefix(run);
    if (bytes.empty()) break;
    const std::size_t size = bytes[0] == 0 ? 0 : letter_bytes(bytes);
    const std::string_view letter = bytes.substr(0, std::max<std::size_t>(size, 1));
    other(letter, size > 0);
    bytes.remove_prefix(letter.size());
  }
}

std::string from_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  walk_utf8(
      bytes, [&out](std::string_view run) { out += run; },
      [&out](std::string_view letter, bool whole) {
        if (!whole) {
          out += kReplacement;
        } else if (letter == "\xC2\xA0") {
          out += ' ';  // web pages put no-break spaces between columns
        } else if (letter != kUtf8Mark) {
          out += letter;
        }
      });
  return out;
}

/// True if most of what is not ASCII is UTF-8: then the rest is damage, and no code page.
bool is_mostly_utf8(std::string_view bytes) {
  std::size_t whole = 0;
  std::size_t broken = 0;
  walk_utf8(
      bytes, [](std::string_view) {},
      [&](std::string_view letter, bool is_whole) {
        if (letter.front() != 0) ++(is_whole ? whole : broken);
      });
  return whole >= broken;
}

/// Without a mark digits, dots, blanks and line ends have a zero in every second byte, at
/// `zero_at`, whatever the alphabet of the words between them.
bool looks_like_utf16(std::string_view bytes, std::size_t zero_at) {
  constexpr std::size_t kUnitsSeen = 2048;
  if (bytes.size() < 4) return false;
  const std::size_t units = std::min(bytes.size() / 2, kUnitsSeen);
  std::size_t expected = 0;
  std::size_t others = 0;
  for (std::size_t i = 0; i < units; ++i) {
    expected += bytes[2 * i + zero_at] == 0 ? 1 : 0;
    others += bytes[2 * i + 1 - zero_at] == 0 ? 1 : 0;
  }
  return expected * 8 >= units && others * 16 <= expected;
}

}  // namespace

bool is_plain_ascii(std::string_view bytes) {
  constexpr std::size_t kBlock = 256;
  std::size_t i = 0;
  for (; i + kBlock <= bytes.size(); i += kBlock) {
    std::uint8_t bad = 0;
    for (std::size_t k = 0; k < kBlock; ++k) {
      const std::uint8_t value = byte(bytes[i + k]);
      bad |= static_cast<std::uint8_t>(value & 0x80) | static_cast<std::uint8_t>(value == 0);
    }
    if (bad != 0) return false;
  }
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.end(), is_plain);
}

Decoded decode(std::string_view bytes) {
  if (bytes.starts_with(kUtf16LittleMark)) return {from_utf16(bytes.substr(2), false), "UTF-16"};
  if (bytes.starts_with(kUtf16BigMark)) return {from_utf16(bytes.substr(2), true), "UTF-16"};
  if (looks_like_utf16(bytes, 1)) return {from_utf16(bytes, false), "UTF-16"};
  if (looks_like_utf16(bytes, 0)) return {from_utf16(bytes, true), "UTF-16"};
  if (is_mostly_utf8(bytes)) return {from_utf8(bytes), "UTF-8"};
  const CodePage& page = guess_code_page(bytes);
  // The bytes of the other letters become UTF-8; zero bytes and no-break spaces as above.
  return {from_utf8(from_code_page(bytes, page)), std::string(page.title), true};
}

}  // namespace deadlight::evidence
