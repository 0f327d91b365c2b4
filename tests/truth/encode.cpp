#include <iconv.h>

#include <algorithm>
#include <optional>

#include "truth/damage.h"
#include "truth/language.h"

namespace deadlight::truth {
namespace {

class Converter {
 public:
  explicit Converter(const std::string& encoding)
      : handle_(iconv_open(encoding.c_str(), "UTF-8")) {}
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// None if the encoding lacks a letter.
  std::optional<std::string> convert(std::string text) {
    if (!is_open()) return std::nullopt;
    std::string out(text.size() * 4 + 16, '\0');
    char* in_at = text.data();
    std::size_t in_left = text.size();
    char* out_at = out.data();
    std::size_t out_left = out.size();
    if (iconv(handle_, &in_at, &in_left, &out_at, &out_left) == static_cast<std::size_t>(-1)) {
      return std::nullopt;
    }
    out.resize(out.size() - out_left);
    return out;
  }

 private:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr)
  bool is_open() const { return handle_ != (iconv_t)-1; }
  iconv_t handle_;
};

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

bool is_unicode(std::string_view encoding) { return encoding.starts_with("UTF"); }

std::uint32_t Sheet::number(std::size_t index) const {
  const bool breaks = line_end.find_first_of("\r\n") != std::string::npos;
  return breaks ? static_cast<std::uint32_t>(index) + 1 : 1;
}

std::string Sheet::bytes() const {
  std::string text;
  for (const Line& line : page.lines) text += line.text + line_end;
  if (cut_off && text.size() >= line_end.size()) text.resize(text.size() - line_end.size());
  const bool mark = encoding.ends_with("+BOM");
  const std::string charset = encoding.substr(0, encoding.find('+'));
  if (mark) text.insert(0, "\xEF\xBB\xBF");
  if (charset == "UTF-8" || (!is_unicode(charset) && is_ascii(text))) return text;
  std::optional<std::string> converted = Converter(charset).convert(text);
  return converted ? std::move(*converted) : text;
}

void choose_encoding(Sheet& sheet, const TrueHost& host, Dice& dice) {
  const std::string_view choices[] = {"UTF-8",
                                      "UTF-8",
                                      "UTF-8",
                                      "UTF-8+BOM",
                                      "UTF-16LE",
                                      "UTF-16LE+BOM",
                                      "UTF-16BE+BOM",
                                      host.language->oem,
                                      host.language->ansi};
  sheet.encoding = dice.pick(choices);
}

}  // namespace deadlight::truth
