#include "evidence/netstat_owner.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/limits.h"
#include "evidence/netstat_row.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kExcuseBytesMax = 160;

// "Can not obtain ownership information" as Windows' languages say it: in each only the word for
// an owner is looked for.
constexpr std::array<std::string_view, 19> kOwner = {"ownership information",
                                                     "Windows Sockets initialization failed",
                                                     "Besitz",     // German
                                                     "propriét",   // French
                                                     "propiedad",  // Spanish
                                                     "propietario",
                                                     "propriedade",  // Portuguese
                                                     "proprietà",    // Italian
                                                     "eigendom",     // Dutch
                                                     "właścici",     // Polish
                                                     "vlastn",       // Czech
                                                     "tulajdon",     // Hungarian
                                                     "sahiplik",     // Turkish
                                                     "владел",       // Russian
                                                     "所有权",       // Chinese
                                                     "擁有",
                                                     "所有者",  // Japanese
                                                     "所有権",
                                                     "소유"};  // Korean

constexpr std::size_t kOwnerLinesMax = 64;  // of one row; a long one of Windows XP has a dozen

/// The name in "[svchost.exe]"; empty if `line` is not such a line.
std::string_view bracketed_image(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return {};
  const std::string_view name = trim(line.substr(1, line.size() - 2));
  const bool has_blank = name.find_first_of(" \t") != std::string_view::npos;
  const bool is_program = name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe");
  const bool strange = name.find_first_of("[]\\") != std::string_view::npos;
  return strange || (has_blank && !is_program) ? std::string_view() : name;
}

/// netstat -b says so where it may not look into the process.
bool is_owner_excuse(std::string_view line) {
  if (line.empty() || line.size() > kExcuseBytesMax || line.front() == '[') return false;
  if (line.find_first_of("0123456789\\") != std::string_view::npos) return false;
  return std::any_of(kOwner.begin(), kOwner.end(),
                     [line](std::string_view word) { return icontains(line, word); });
}

bool is_unknown_component(std::string_view line) { return icontains(line, "unknown component"); }

/// A service or the path of a module, not a sentence.
bool is_component(std::string_view line) {
  if (line.empty() || line.front() == '[') return false;
  if (line.find_first_not_of("0123456789") == std::string_view::npos) return false;
  if (line.find('\\') != std::string_view::npos) return true;
  return words(line.substr(0, 200)).size() <= kComponentWordsMax && line.back() != '.' &&
         line.back() != ':';
}

/// False for a closed connection, which no process holds any more.
bool may_have_owner(const Endpoint& row) {
  return row.state != State::time_wait && !(row.pid && *row.pid == 0);
}

/// True if `below`, which follows the row on `line`, begins before it, as the rest of a row that a
/// window cut does, and an owner does not.
bool is_end_of_row(const Reading& reading, std::size_t line, std::size_t below) {
  return below == line + 1 && indent_of(reading.line(below)) == 0 &&
         indent_of(reading.line(line)) > 0;
}

/// The lines of an owner below one row.
struct OwnerLines {
  std::size_t last = 0;  ///< 0 if there is none
  std::vector<std::string> components;
  std::string_view image;  ///< empty if netstat may not tell
};

OwnerLines find_owner(const Reading& reading, std::size_t line) {
  OwnerLines owner;
  const std::size_t end = std::min(reading.line_count(), line + 1 + kOwnerLinesMax);
  for (std::size_t i = line + 1; i < end; ++i) {
    if (!reading.is_free(i) || starts_row(trim(reading.line(i)))) return owner;
    const std::string_view text = trim(reading.line(i));
    owner.image = bracketed_image(text);
    if (!owner.image.empty() || is_owner_excuse(text)) {
      owner.last = i;
      return owner;
    }
    if (!is_component(text) || is_end_of_row(reading, line, i)) return owner;
    if (!is_unknown_component(text)) owner.components.emplace_back(text);
  }
  return owner;
}

}  // namespace

std::size_t read_owner_below(Reading& reading, std::size_t line, Endpoint& row) {
  OwnerLines owner = find_owner(reading, line);
  if (owner.last == 0) return line;
  if (!may_have_owner(row)) {
    for (std::size_t i = line + 1; i <= owner.last; ++i) {
      reading.unread(i, "no process holds the row above: the row of this one is lost");
    }
    return owner.last;
  }
  for (std::size_t i = line + 1; i <= owner.last; ++i) reading.take(i, Mark::row);
  row.process = owner.image;
  row.components = std::move(owner.components);
  return owner.last;
}

bool read_owner_behind(std::string_view text, Endpoint& row) {
  if (is_owner_excuse(text)) return true;
  const auto bracket = text.rfind('[');
  if (bracket == std::string_view::npos) return false;
  const std::string_view image = bracketed_image(text.substr(bracket));
  if (image.empty() || text.size() > kOwnerLinesMax * kShownMax) return false;
  row.process = image;
  // Where a path with blanks ends cannot be told.
  if (text.find('\\') != std::string_view::npos) return true;
  for (const std::string_view word : words(text.substr(0, bracket))) {
    row.components.emplace_back(word);
  }
  return true;
}

}  // namespace deadlight::evidence
