#include "evidence/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evidence/limits.h"

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

std::string from_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(bytes.begin(), bytes.end(), is_plain) - bytes.begin());
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;
    const std::size_t size = bytes[0] == 0 ? 0 : letter_bytes(bytes);
    const std::string_view letter = bytes.substr(0, std::max<std::size_t>(size, 1));
    if (letter == "\xC2\xA0") {
      out += ' ';  // web pages put no-break spaces between columns
    } else {
      out += size == 0 ? kReplacement : letter;
    }
    bytes.remove_prefix(letter.size());
  }
  return out;
}

/// `cmd /u` writes UTF-16 without a mark. ASCII then has a zero in every second byte.
bool looks_like_utf16(std::string_view bytes) {
  constexpr std::size_t kLettersSeen = 32;
  if (bytes.size() < 4) return false;
  for (std::size_t i = 0; i + 1 < std::min(bytes.size(), 2 * kLettersSeen); i += 2) {
    if (bytes[i] == 0 || bytes[i + 1] != 0) return false;
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  if (bytes.starts_with(kUtf16LittleMark)) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with(kUtf16BigMark)) return from_utf16(bytes.substr(2), true);
  if (looks_like_utf16(bytes)) return from_utf16(bytes, false);
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  return from_utf8(bytes);
}

}  // namespace

Result<Document> Document::decode(std::string name, std::string_view bytes) {
  if (bytes.size() > kInputBytesMax) {
    return fail(Errc::limit,
                fmt::format("{}: larger than {} bytes; give a smaller file", name, kInputBytesMax));
  }
  Document document;
  document.name_ = std::move(name);
  document.text_ = to_utf8(bytes);
  const std::string_view text = document.text_;
  for (std::size_t begin = 0; begin < text.size();) {
    if (document.lines_.size() == kLinesMax) {
      return fail(Errc::limit, fmt::format("{}: more than {} lines; give a smaller file",
                                           document.name_, kLinesMax));
    }
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::size_t size = end - begin;
    while (size > 0 && text[begin + size - 1] == '\r') --size;
    document.lines_.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)});
    begin = end + 1;
  }
  return document;
}

}  // namespace deadlight::evidence
