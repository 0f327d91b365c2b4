#include "host/linux/cgroup.h"

#include "base/text.h"
#include "base/unit_name.h"

namespace deadlight::linux_host {
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
