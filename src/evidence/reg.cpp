#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "evidence/readers.h"
#include "evidence/registry.h"
#include "evidence/words.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "reg";

constexpr std::array<std::string_view, 10> kTypes = {"REG_SZ",
                                                     "REG_DWORD",
                                                     "REG_MULTI_SZ",
                                                     "REG_EXPAND_SZ",
                                                     "REG_BINARY",
                                                     "REG_QWORD",
                                                     "REG_NONE",
                                                     "REG_LINK",
                                                     "REG_DWORD_BIG_ENDIAN",
                                                     "REG_FULL_RESOURCE_DESCRIPTOR"};

/// One value's line, cut at its type.
struct Parts {
  std::string_view name;
  std::string_view type;
  std::string_view data;
};

std::optional<Parts> cut(std::string_view line) {
  Words words(line);
  while (!words.peek().empty()) {
    const std::size_t at = words.position();
    const std::string_view word = words.take();
    if (std::find(kTypes.begin(), kTypes.end(), word) == kTypes.end()) continue;
    return Parts{trim(line.substr(0, at)), word, trim(line.substr(at + word.size()))};
  }
  return std::nullopt;
}

/// "0x4", and "4" as some versions print. REG_QWORD has up to 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (!istarts_with(text, "0x")) return number<std::uint64_t>(text);
  text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

bool is_number_type(std::string_view type) {
  return type == "REG_DWORD" || type == "REG_QWORD" || type == "REG_DWORD_BIG_ENDIAN";
}

/// The name of the default value, as the versions of reg.exe print it.
bool is_default_name(std::string_view name) {
  return iequals(name, "<NO NAME>") || iequals(name, "(Default)");
}

bool is_reg_heading(std::string_view line) {
  return istarts_with(line, "! REG.EXE VERSION") || istarts_with(line, "End of search:");
}

class RegReader {
 public:
  explicit RegReader(Reading& reading) : reading_(reading), key_(reading) {}

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
    if (is_reg_heading(line)) return reading_.take(line_, Mark::heading);
    if (istarts_with(line, "HK") && read_key(line)) return;
    // Any text may name a type; only under a key is it a value.
    if (line.find("REG_") == std::string_view::npos) return;
    const std::optional<Parts> parts = cut(line);
    if (!parts) return;
    if (!key_.is_open() || parts->name.empty()) return read_odd(*parts);
    read_value(*parts);
  }

  bool read_key(std::string_view line) {
    std::optional<std::string> key = registry_key(line);
    // A sentence may begin with a key; only reg.exe prints it alone.
    if (!key || cut(line) || line.find("  ") != std::string_view::npos) return false;
    reading_.found(kKind);
    if (goes_on_below()) {
      key_.close();
      refuse_wrapped(reading_, line_, line_ + 1);
      return true;
    }
    key_.open(std::move(*key), line_);
    reading_.take(line_, Mark::heading);
    return true;
  }

  /// True if a window cut the key: its rest stands in the next line, where values are indented.
  bool goes_on_below() const {
    if (!may_be_wrapped(reading_, line_) || !reading_.is_free(line_ + 1)) return false;
    const std::string_view below = reading_.line(line_ + 1);
    return below.find("  ") == std::string_view::npos && below.front() != '\t' &&
           !istarts_with(below, "HK") && !cut(below);
  }

  /// The key's line was lost, or the value's name.
  void read_odd(const Parts& parts) {
    if (parts.data.empty() || reading_.line(line_).front() > ' ') return;
    reading_.found(kKind);
    reading_.unread(line_, !key_.is_open() ? "no key above this value of reg query"
                                           : "the name of the value is missing");
  }

  void read_value(const Parts& parts) {
    Setting setting;
    setting.name = is_default_name(parts.name) ? std::string_view() : parts.name;
    setting.type = parts.type;
    setting.data = parts.data;
    if (is_number_type(parts.type)) {
      const auto value = parse_number(parts.data);
      if (!value) {
        reading_.unread(line_, fmt::format("'{}' is no number", shown(parts.data)));
        return;
      }
      setting.data = std::to_string(*value);
    } else if (parts.type == "REG_MULTI_SZ") {
      setting.data = join_strings(parts.data, "\\0");
    } else if (parts.type == "REG_BINARY") {
      setting.data = to_lower(parts.data);
    } else if (setting.name.empty() && parts.data == "(value not set)") {
      return reading_.take(line_, Mark::row);
    }
    setting.sources = reading_.source(line_);
    reading_.take(line_, Mark::row);
    if (std::string reason = key_.add(std::move(setting)); !reason.empty()) {
      reading_.unread(line_, std::move(reason));
    }
  }

  Reading& reading_;
  std::size_t line_ = 0;
  OpenKey key_;
};

}  // namespace

void read_reg(Reading& reading) { RegReader(reading).run(); }

}  // namespace deadlight::evidence
