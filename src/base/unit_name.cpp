#include "base/unit_name.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::size_t kUnitBytesMax = 255;  ///< systemd's own limit
constexpr std::string_view kSlice = ".slice";
constexpr std::string_view kInitScope = "init.scope";
constexpr std::string_view kUserManager = "user@";
constexpr std::string_view kSuffixes[] = {".service", ".socket", ".scope"};

bool is_unit_character(char c) {
  return is_letter_or_digit(c) || std::string_view(":-_.\\@").find(c) != std::string_view::npos;
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
  std::string_view unit;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (part.empty() || part.ends_with(kSlice)) continue;
    const bool manager_itself = !unit.empty() && part == kInitScope;
    if (!is_unit_name(part) || manager_itself) break;
    unit = part;
    if (!part.starts_with(kUserManager)) break;
  }
  return unit;
}

}  // namespace deadlight
