#include "evidence/registry.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace deadlight::evidence {
namespace {

struct Hive {
  std::string_view name;
  std::string_view shortened;
};
constexpr std::array<Hive, 10> kHives = {{{"HKEY_LOCAL_MACHINE", "HKLM"},
                                          {"HKEY_CURRENT_USER", "HKCU"},
                                          {"HKEY_CLASSES_ROOT", "HKCR"},
                                          {"HKEY_USERS", "HKU"},
                                          {"HKEY_CURRENT_CONFIG", "HKCC"},
                                          {"HKLM", "HKLM"},
                                          {"HKCU", "HKCU"},
                                          {"HKCR", "HKCR"},
                                          {"HKU", "HKU"},
                                          {"HKCC", "HKCC"}}};

}  // namespace

std::optional<std::string> registry_key(std::string_view text) {
  text = trim(text);
  while (text.ends_with('\\')) text.remove_suffix(1);
  const std::string_view first = text.substr(0, text.find('\\'));
  for (const Hive& hive : kHives) {
    if (!iequals(first, hive.name)) continue;
    return std::string(hive.shortened) + std::string(text.substr(first.size()));
  }
  return std::nullopt;
}

std::string join_strings(std::string_view text, std::string_view separator) {
  std::string joined;
  while (!text.empty()) {
    const auto end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    if (!part.empty()) {
      if (!joined.empty()) joined += ';';
      joined += part;
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + separator.size());
  }
  return joined;
}

void OpenKey::open(std::string key, std::size_t line) {
  close();
  key_ = std::move(key);
  line_ = line;
  first_ = reading_.snapshot.settings.size();
}

void OpenKey::blank_line() {
  if (values_.empty()) return;
  if (!double_spaced_) {
    std::size_t blank = 0;
    for (std::size_t i = 0; i < reading_.line_count(); ++i) {
      blank += trim(reading_.line(i)).empty() ? 1 : 0;
    }
    double_spaced_ = blank * 2 + 2 >= reading_.line_count();
  }
  if (!*double_spaced_) close();
}

std::string OpenKey::add(Setting&& setting) {
  const auto [known, fresh] = values_.emplace(setting.name, setting.data);
  if (!fresh && known->second != setting.data) {
    std::vector<Setting>& all = reading_.snapshot.settings;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(first_), all.end());
    close();
    reading_.unread(line_, "the line of a key below is missing: no value here is used");
    return fmt::format(
        "the key has two values '{}': the line of a key is missing, and none of them is used",
        shown(setting.name));
  }
  setting.key = key_;
  reading_.add(std::move(setting));
  return {};
}

}  // namespace deadlight::evidence
