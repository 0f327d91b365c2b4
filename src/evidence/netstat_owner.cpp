#include "evidence/netstat_owner.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/words.h"

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

}  // namespace

std::string_view bracketed_image(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return {};
  const std::string_view name = trim(line.substr(1, line.size() - 2));
  const bool has_blank = name.find_first_of(" \t") != std::string_view::npos;
  const bool is_program = name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe");
  const bool strange = name.find_first_of("[]\\") != std::string_view::npos;
  return strange || (has_blank && !is_program) ? std::string_view() : name;
}

bool is_owner_excuse(std::string_view line) {
  if (line.empty() || line.size() > kExcuseBytesMax || line.front() == '[') return false;
  if (line.find_first_of("0123456789\\") != std::string_view::npos) return false;
  return std::any_of(kOwner.begin(), kOwner.end(),
                     [line](std::string_view word) { return icontains(line, word); });
}

bool is_unknown_component(std::string_view line) { return icontains(line, "unknown component"); }

bool is_component(std::string_view line) {
  if (line.empty() || line.front() == '[') return false;
  if (line.find_first_not_of("0123456789") == std::string_view::npos) return false;
  if (line.find('\\') != std::string_view::npos) return true;
  return words(line.substr(0, 200)).size() <= kComponentWordsMax && line.back() != '.' &&
         line.back() != ':';
}

bool may_have_owner(const Endpoint& row) {
  return row.state != State::time_wait && !(row.pid && *row.pid == 0);
}

}  // namespace deadlight::evidence
