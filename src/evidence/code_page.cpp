#include "evidence/code_page.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace deadlight::evidence {
namespace {

// In order of preference where the letters do not decide: consoles write OEM pages.
constexpr std::array<CodePage, 12> kPages = {{{"code page 850", "CP850", false},
                                              {"code page 437", "CP437", false},
                                              {"code page 1252", "CP1252", false},
                                              {"code page 852", "CP852", false},
                                              {"code page 1250", "CP1250", false},
                                              {"code page 866", "CP866", false},
                                              {"code page 1251", "CP1251", false},
                                              {"code page 1254", "CP1254", false},
                                              {"code page 936", "CP936", true},
                                              {"code page 932", "CP932", true},
                                              {"code page 949", "CP949", true},
                                              {"code page 950", "BIG5", true}}};

constexpr std::size_t kSampleBytesMax = 16 * 1024;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string run(std::string_view bytes) {
    std::string out;
    char buffer[4096];
    char* in = const_cast<char*>(bytes.data());  // iconv reads it only
    std::size_t left = bytes.size();
    while (left > 0) {
      char* to = buffer;
      std::size_t room = sizeof buffer;
      const std::size_t done = iconv(handle_, &in, &left, &to, &room);
      out.append(buffer, static_cast<std::size_t>(to - buffer));
      if (done != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
      out += kReplacement;  // a byte that the code page does not have, or half a letter at the end
      ++in;
      --left;
    }
    return out;
  }

 private:
  iconv_t handle_;
};

/// Lines with letters beyond ASCII, a few thousand bytes of them: all others say nothing.
std::string sample_of(std::string_view bytes) {
  std::string sample;
  for (std::size_t at = 0; at < bytes.size() && sample.size() < kSampleBytesMax;) {
    const auto high = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(),
                                   [](char c) { return static_cast<std::uint8_t>(c) >= 0x80; });
    if (high == bytes.end()) break;
    const auto place = static_cast<std::size_t>(high - bytes.begin());
    std::size_t begin = bytes.rfind('\n', place);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    begin = std::max(begin, place > 256 ? place - 256 : 0);
    const std::size_t end = std::min({bytes.find('\n', place), bytes.size(), place + 1024});
    sample += bytes.substr(begin, end - begin);
    sample += '\n';
    at = end;
  }
  return sample;
}

enum class Class {
  ascii_lower,
  ascii_upper,
  lower,
  upper,
  cyrillic_lower,
  cyrillic_upper,
  han,
  kana,
  hangul,
  symbol,
  other
};

bool between(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
  return code >= first && code <= last;
}

Class class_of(std::uint32_t code) {
  if (between(code, 'a', 'z')) return Class::ascii_lower;
  if (between(code, 'A', 'Z')) return Class::ascii_upper;
  if (code < 0x80) return Class::other;
  if (code == 0xD7 || code == 0xF7) return Class::symbol;
  if (between(code, 0xC0, 0xDE)) return Class::upper;
  if (between(code, 0xDF, 0xFF)) return Class::lower;
  if (between(code, 0x100, 0x17F)) {
    // Capitals come first in most pairs of this block, second in two stretches of it.
    const bool shifted = between(code, 0x139, 0x148) || between(code, 0x179, 0x17E);
    return (code % 2 == 0) != shifted ? Class::upper : Class::lower;
  }
  if (between(code, 0x410, 0x42F) || between(code, 0x400, 0x40F)) return Class::cyrillic_upper;
  if (between(code, 0x430, 0x45F)) return Class::cyrillic_lower;
  if (between(code, 0x4E00, 0x9FFF)) return Class::han;
  if (between(code, 0x3040, 0x30FF)) return Class::kana;
  if (between(code, 0xAC00, 0xD7A3)) return Class::hangul;
  if (between(code, 0x3000, 0x303F) || between(code, 0xFF00, 0xFF60)) return Class::other;
  return Class::symbol;
}

bool is_latin(Class c) {
  return c == Class::lower || c == Class::upper || c == Class::ascii_lower ||
         c == Class::ascii_upper;
}
bool is_accented(Class c) { return c == Class::lower || c == Class::upper; }
bool is_lower(Class c) {
  return c == Class::lower || c == Class::ascii_lower || c == Class::cyrillic_lower;
}
bool is_cyrillic(Class c) { return c == Class::cyrillic_lower || c == Class::cyrillic_upper; }

/// How well a letter stands between its neighbours.
int score_letter(Class before, Class letter, Class after) {
  switch (letter) {
    case Class::lower:
    case Class::upper: {
      if (!is_latin(before) && !is_latin(after)) return -1;
      // Words of Latin letters have accents here and there, not in a row.
      if (is_accented(before) && is_accented(after)) return -2;
      const bool alone_in_case = is_latin(before) && is_latin(after) &&
                                 is_lower(before) == is_lower(after) &&
                                 is_lower(letter) != is_lower(before);
      const bool capital_inside = letter == Class::upper && is_latin(before) && is_lower(before);
      return alone_in_case || capital_inside ? -3 : 3;
    }
    case Class::cyrillic_lower:
    case Class::cyrillic_upper: {
      if (!is_cyrillic(before) && !is_cyrillic(after)) return -2;
      return letter == Class::cyrillic_upper && before == Class::cyrillic_lower ? -3 : 3;
    }
    case Class::han:
      return before == Class::han || after == Class::han || before == Class::kana ||
                     after == Class::kana
                 ? 4
                 : 1;
    case Class::kana:
    case Class::hangul:
      return before == letter || after == letter ? 6 : 1;
    case Class::symbol:
      return -4;
    default:
      return 0;
  }
}

std::uint32_t next_code(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<std::uint8_t>(text[at]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
    code = code << 6 | (static_cast<std::uint8_t>(text[at + i]) & 0x3F);
  }
  at += size;
  return code;
}

/// Letters that are far more frequent than others: where both fit a word, this is the one.
bool is_common(std::uint32_t code) {
  constexpr std::u32string_view kCommon = U"äöüÄÖÜßéèêàçñáíóúÉłąęść";
  return kCommon.find(static_cast<char32_t>(code)) != std::u32string_view::npos;
}

/// True if the letters would be syllables that hardly any Korean text needs. Those in use are the
/// ones of KS X 1001, both bytes from 0xA1 on; code page 949 adds all others, whose pairs look like
/// Japanese, or like a name of Latin letters.
bool is_no_korean(std::string_view sample, const CodePage& page) {
  if (page.iconv_name != std::string_view("CP949")) return false;
  constexpr std::uint8_t kFirstOfStandard = 0xA1;
  int pairs = 0;
  int odd = 0;
  for (std::size_t i = 0; i + 1 < sample.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(sample[i]);
    if (lead < 0x80) continue;
    const auto trail = static_cast<std::uint8_t>(sample[++i]);
    ++pairs;
    if (lead < kFirstOfStandard || trail < kFirstOfStandard) ++odd;
  }
  return odd * 4 > pairs;
}

/// Points for each byte beyond ASCII, so that pages of one and two bytes a letter compare.
double score(std::string_view sample, const CodePage& page) {
  if (is_no_korean(sample, page)) return -1;
  const std::string text = from_code_page(sample, page);
  int sum = 0;
  int letters = 0;
  Class before = Class::other;
  Class letter = Class::other;
  std::uint32_t letter_code = 0;
  bool high = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::uint32_t code = at < text.size() ? next_code(text, at) : (++at, 0U);
    const Class after = class_of(code);
    if (high) {
      sum += score_letter(before, letter, after) + (is_common(letter_code) ? 1 : 0);
      ++letters;
    }
    before = letter;
    letter = after;
    letter_code = code;
    high = code >= 0x80;
  }
  return letters == 0 ? 0 : static_cast<double>(sum) / letters;
}

}  // namespace

const CodePage& guess_code_page(std::string_view bytes) {
  const std::string sample = sample_of(bytes);
  const CodePage* best = &kPages.front();
  double best_score = score(sample, *best);
  for (const CodePage& page : kPages) {
    const double points = score(sample, page);
    if (points > best_score) {
      best = &page;
      best_score = points;
    }
  }
  return *best;
}

std::string from_code_page(std::string_view bytes, const CodePage& page) {
  Converter converter("UTF-8", page.iconv_name);
  if (converter.is_open()) return converter.run(bytes);
  // A C library without its tables: letters beyond ASCII are lost, all that counts is not.
  std::string out;
  for (const char c : bytes) {
    if (static_cast<std::uint8_t>(c) < 0x80) {
      out += c;
    } else {
      out += kReplacement;
    }
  }
  return out;
}

}  // namespace deadlight::evidence
