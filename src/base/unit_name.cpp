#include "base/unit_name.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::size_t kUnitBytesMax = 255;  ///< systemd's own limit
constexpr std::string_view kSuffixes[] = {".service", ".socket", ".scope"};

bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

}  // namespace

bool is_unit_name(std::string_view name) {
  if (name.size() > kUnitBytesMax || !std::all_of(name.begin(), name.end(), is_unit_character)) {
    return false;
  }
  return std::any_of(std::begin(kSuffixes), std::end(kSuffixes), [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

std::string_view unit_in_path(std::string_view path) {
  for (;;) {
    const auto slash = path.rfind('/');
    const bool last = slash == std::string_view::npos;
    const std::string_view part = last ? path : path.substr(slash + 1);
    if (is_unit_name(part)) return part;
    if (last) return {};
    path = path.substr(0, slash);
  }
}

}  // namespace deadlight
