#include "host/linux/cgroup.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kUnitBytesMax = 255;  ///< systemd's own limit
constexpr std::string_view kSuffixes[] = {".service", ".socket", ".scope"};

bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

bool is_unit(std::string_view name) {
  if (name.size() > kUnitBytesMax || !std::all_of(name.begin(), name.end(), is_unit_character)) {
    return false;
  }
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes), [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

/// The last part of a path that names a unit; a service may have cgroups of its own below it.
std::string_view unit_in_path(std::string_view path) {
  const std::vector<std::string_view> parts = split(path, '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (is_unit(*part)) return *part;
  }
  return {};
}

}  // namespace

std::string unit_of_cgroup(std::string_view text) {
  std::string_view unified;
  for (const std::string_view line : split(text, '\n')) {
    // hierarchy:controllers:path; the path may hold colons itself
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view unit = unit_in_path(line.substr(second + 1));
    // Side by side, systemd keeps its units in its own hierarchy; the unified one may be empty.
    if (controllers == "name=systemd" && !unit.empty()) return std::string(unit);
    if (controllers.empty()) unified = unit;
  }
  return std::string(unified);
}

}  // namespace deadlight::linux_host
