#include "evidence/netstat_owner.h"

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/words.h"

namespace deadlight::evidence {

std::string_view bracketed_image(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return {};
  const std::string_view name = trim(line.substr(1, line.size() - 2));
  const bool has_blank = name.find_first_of(" \t") != std::string_view::npos;
  const bool is_program = name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe");
  const bool strange = name.find_first_of("[]\\") != std::string_view::npos;
  return strange || (has_blank && !is_program) ? std::string_view() : name;
}

bool is_owner_excuse(std::string_view line) {
  return icontains(line, "ownership information") ||
         icontains(line, "Windows Sockets initialization failed");
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
