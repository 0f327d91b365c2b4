#include "base/pattern.h"

#include <regex>

namespace deadlight {
namespace {

constexpr std::size_t kLineBytesMax = 2048;
constexpr std::size_t kPatternBytesMax = 512;

using Match = std::match_results<std::string_view::const_iterator>;

}  // namespace

struct Pattern::Compiled {
  std::regex regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.empty() || text.size() > kPatternBytesMax) {
    return fail(Errc::malformed, "a pattern has 1 to 512 bytes");
  }
  try {
    constexpr auto kFlags = std::regex::ECMAScript | std::regex::icase | std::regex::optimize;
    return Pattern(
        std::make_shared<const Compiled>(Compiled{std::regex(text.begin(), text.end(), kFlags)}));
  } catch (const std::regex_error& error) {
    return fail(Errc::malformed,
                "'" + std::string(text) + "' is no regular expression: " + error.what());
  }
}

bool Pattern::matches(std::string_view line) const {
  return line.size() <= kLineBytesMax &&
         std::regex_search(line.begin(), line.end(), compiled_->regex);
}

std::optional<std::string> Pattern::replace(std::string_view line, std::string_view with) const {
  Match match;
  if (line.size() > kLineBytesMax ||
      !std::regex_search(line.begin(), line.end(), match, compiled_->regex)) {
    return std::nullopt;
  }
  std::string result(match.prefix().first, match.prefix().second);
  for (std::size_t i = 0; i < with.size(); ++i) {
    const bool group =
        with[i] == '$' && i + 1 < with.size() && with[i + 1] >= '1' && with[i + 1] <= '9';
    if (!group) {
      result += with[i];
      continue;
    }
    const auto& part = match[static_cast<std::size_t>(with[++i] - '0')];
    result.append(part.first, part.second);
  }
  result.append(match.suffix().first, match.suffix().second);
  return result;
}

}  // namespace deadlight
