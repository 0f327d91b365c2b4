#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deadlight {

/// ASCII only: Windows and systemd compare service names, keys and image names this way.
bool iequals(std::string_view a, std::string_view b);
bool iless(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);
bool icontains(std::string_view text, std::string_view part);
std::string to_lower(std::string_view text);

/// Without blanks, tabs, CR and LF at either end.
std::string_view trim(std::string_view text);

/// Parts between `separator`, empty ones kept; one part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Runs of anything but blanks, tabs, CR and LF.
std::vector<std::string_view> words(std::string_view text);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The whole of `text` as a decimal number that fits T; nullopt for anything else.
template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// Case-insensitive order for maps and sets of names.
struct ILess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return iless(a, b); }
};

}  // namespace deadlight
