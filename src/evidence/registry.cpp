#include "evidence/registry.h"

#include <array>

#include "base/text.h"

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

}  // namespace deadlight::evidence
