#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "evidence/readers.h"
#include "evidence/registry.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "reg";
constexpr std::size_t kValueBytesMax = 1024 * 1024;  // what the registry itself takes

struct HexType {
  unsigned code;  ///< in "hex(7):"
  std::string_view name;
};
constexpr std::array<HexType, 8> kHexTypes = {{{0, "REG_NONE"},
                                               {1, "REG_SZ"},
                                               {2, "REG_EXPAND_SZ"},
                                               {3, "REG_BINARY"},
                                               {4, "REG_DWORD"},
                                               {5, "REG_DWORD_BIG_ENDIAN"},
                                               {7, "REG_MULTI_SZ"},
                                               {11, "REG_QWORD"}}};

template <class T>
std::optional<T> hex_number(std::string_view text) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// The text between the quotes at the start of `text`, which is shortened to what follows them.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

/// "6e,00,63": the bytes; nullopt if something else stands between the commas.
std::optional<std::string> parse_hex_bytes(std::string_view text) {
  std::string bytes;
  text = trim(text);
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : trim(text.substr(comma + 1));
    if (part.empty() && text.empty()) break;  // a comma at the very end
    const auto value = hex_number<std::uint8_t>(part);
    if (!value || part.size() > 2) return std::nullopt;
    bytes += static_cast<char>(*value);
  }
  return bytes;
}

/// Little-endian, as REG_DWORD and REG_QWORD are stored.
std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

/// Strings in hex are UTF-16 in version 5 files, bytes of a code page in REGEDIT4. Letters outside
/// ASCII become '?': keys that matter here have none.
std::string hex_text(std::string_view bytes, bool wide) {
  std::string text;
  const std::size_t step = wide ? 2 : 1;
  for (std::size_t i = 0; i + step <= bytes.size(); i += step) {
    const auto low = static_cast<std::uint8_t>(bytes[i]);
    const auto high = wide ? static_cast<std::uint8_t>(bytes[i + 1]) : std::uint8_t{0};
    text += high == 0 && low < 0x80 ? static_cast<char>(low) : '?';
  }
  return text;
}

std::string hex_dump(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
  return out;
}

/// The form that Setting::data has for this type.
std::string data_of(std::string_view type, std::string_view bytes, bool wide) {
  if (type == "REG_DWORD" || type == "REG_QWORD") return std::to_string(little_endian(bytes));
  if (type == "REG_SZ" || type == "REG_EXPAND_SZ") {
    std::string text = hex_text(bytes, wide);
    return text.substr(0, text.find('\0'));
  }
  if (type == "REG_MULTI_SZ") {
    return join_strings(hex_text(bytes, wide), std::string_view("\0", 1));
  }
  return hex_dump(bytes);
}

class RegFileReader {
 public:
  explicit RegFileReader(Reading& reading) : reading_(reading), key_(reading) {}

  void run() {
    for (line_ = 0; line_ < reading_.line_count(); ++line_) {
      if (!reading_.is_free(line_)) continue;
      const std::string_view line = trim(reading_.line(line_));
      if (line.empty()) {
        key_.blank_line();
      } else {
        read_line(line);
      }
    }
  }

 private:
  void read_line(std::string_view line) {
    if (iequals(line, "REGEDIT4") || istarts_with(line, "Windows Registry Editor Version")) {
      wide_ = !iequals(line, "REGEDIT4");
      inside_ = true;
      reading_.found(kKind);
      if (line.find("[HKEY_") != std::string_view::npos) return refuse_one_line(reading_, line_);
      return reading_.take(line_, Mark::heading);
    }
    if (line.starts_with('[') && read_key(line)) return;
    if (!inside_) return;
    if (line.starts_with(';')) return reading_.take(line_, Mark::heading);
    if (line.starts_with('"') || line.starts_with('@')) {
      read_value(line);
    } else {
      inside_ = false;
    }
  }

  /// "[HKEY_LOCAL_MACHINE\SYSTEM\…]"; "[-HKEY_…]" removes a key.
  bool read_key(std::string_view line) {
    std::string_view name = line.substr(1);
    const auto close = name.rfind(']');
    if (close == std::string_view::npos) {
      if (!istarts_with(name, "HKEY_") && !istarts_with(name, "-HKEY_")) return false;
      key_.close();
      inside_ = true;
      reading_.found(kKind);
      reading_.unread(line_, "the key has no closing bracket; its values are not used");
      return true;
    }
    name = name.substr(0, close);
    const bool removes = name.starts_with('-');
    if (removes) name.remove_prefix(1);
    std::optional<std::string> key = registry_key(name);
    if (!key) return false;
    reading_.found(kKind);
    inside_ = true;
    key_.close();
    if (removes) {
      reading_.unread(line_, "removes a key; only what is there is used");
    } else {
      key_.open(std::move(*key), line_);
      reading_.take(line_, Mark::heading);
    }
    return true;
  }

  void read_value(std::string_view line) {
    const std::size_t first = line_;
    const std::string text = whole_value(line);
    std::string_view rest = text;
    std::optional<std::string> name = std::string();
    if (rest.starts_with('@')) {
      rest.remove_prefix(1);
    } else {
      name = take_quoted(rest);
    }
    rest = trim(rest);
    std::string reason;
    if (!name || !rest.starts_with('=')) {
      reason = "no name and '=' in this line of a .reg file";
    } else if (!key_.is_open()) {
      reason = "no key above this value";
    } else {
      reason = add_value(first, std::move(*name), trim(rest.substr(1)));
    }
    for (std::size_t i = first; i <= line_; ++i) reading_.take(i, Mark::row);
    if (!reason.empty()) reading_.unread(first, std::move(reason));
  }

  /// Hex values go on in the next line after a backslash. Moves to the last line.
  std::string whole_value(std::string_view line) {
    std::string text(line);
    const bool is_hex = line.find("=hex") != std::string_view::npos;
    while (is_hex && text.ends_with('\\') && line_ + 1 < reading_.line_count() &&
           text.size() < 4 * kValueBytesMax) {
      text.pop_back();
      text += trim(reading_.line(++line_));
    }
    return text;
  }

  /// Returns why there is no such value; empty if it was added.
  std::string add_value(std::size_t line, std::string name, std::string_view data) {
    Setting setting;
    setting.name = std::move(name);
    setting.sources = reading_.source(line);
    if (data == "-") return "removes a value; only what is there is used";
    if (data.starts_with('"')) {
      std::optional<std::string> text = take_quoted(data);
      if (!text || !(trim(data).empty() || trim(data).starts_with(';'))) {
        return "the text has no closing quote";
      }
      setting.type = "REG_SZ";
      setting.data = std::move(*text);
    } else if (istarts_with(data, "dword:")) {
      const auto value = hex_number<std::uint32_t>(trim(data.substr(6)));
      if (!value) return fmt::format("'{}' is no dword", shown(data.substr(6)));
      setting.type = "REG_DWORD";
      setting.data = std::to_string(*value);
    } else if (std::string reason = read_hex(data, setting); !reason.empty()) {
      return reason;
    }
    return key_.add(std::move(setting));
  }

  /// "hex:01,02" and "hex(7):6e,00,…".
  std::string read_hex(std::string_view data, Setting& setting) const {
    const auto colon = data.find(':');
    if (!istarts_with(data, "hex") || colon == std::string_view::npos) {
      return fmt::format("'{}' is no form of a value that .reg files have", shown(data));
    }
    std::string_view code = data.substr(3, colon - 3);
    setting.type = "REG_BINARY";
    if (!code.empty()) {
      if (code.starts_with('(') && code.ends_with(')')) code = code.substr(1, code.size() - 2);
      const auto type_code = hex_number<unsigned>(code);
      setting.type.clear();
      for (const HexType& type : kHexTypes) {
        if (type_code == type.code) setting.type = type.name;
      }
      if (setting.type.empty()) return fmt::format("'{}' is no known type", shown(code));
    }
    const std::optional<std::string> bytes = parse_hex_bytes(data.substr(colon + 1));
    if (!bytes) return "something else than hex bytes and commas in the value";
    if (bytes->size() > kValueBytesMax) return "the value is larger than the registry takes";
    setting.data = data_of(setting.type, *bytes, wide_);
    return {};
  }

  Reading& reading_;
  std::size_t line_ = 0;
  OpenKey key_;
  bool wide_ = true;
  bool inside_ = false;  ///< in a .reg file, which may stand in other text
};

}  // namespace

void read_reg_file(Reading& reading) { RegFileReader(reading).run(); }

}  // namespace deadlight::evidence
