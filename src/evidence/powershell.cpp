#include "evidence/powershell.h"

#include <cctype>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kNameLettersMax = 40;

bool is_name_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '(' || c == ')';
}

/// What stands after a property's name at the start of a line: ':' begins a value of Format-List,
/// a separator CSV's next name, a blank another heading. '\0' if the line begins with no property
/// that is known.
char after_property(std::string_view line) {
  // Cheap: rows of netstat come by the million, and no property begins so.
  if (line.front() == 'T' || line.front() == 'U') return '\0';
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  std::size_t end = 0;
  while (end < line.size() && end < kNameLettersMax && is_name_letter(line[end])) ++end;
  if (end == 0 || end == line.size()) return '\0';
  const char next = line[end];
  if (quoted) return next == '"' ? ',' : '\0';
  if (next == ',' || next == ';' || next == '\t' || next == '|') {
    return ps_field(line.substr(0, end)) != PsField::none ? next : '\0';
  }
  if (next != ' ' || ps_field(line.substr(0, end)) == PsField::none) return '\0';
  const std::size_t after = line.find_first_not_of(' ', end);
  if (after == std::string_view::npos) return '\0';
  return line[after] == ':' ? ':' : ' ';
}

}  // namespace

void read_powershell(Reading& reading) {
  PsFacts facts(reading);
  std::size_t from = 0;  // behind what was taken last
  for (std::size_t i = reading.next_free(0); i < reading.line_count();) {
    const std::string_view line = reading.line(i);
    const std::size_t first = indent_of(line);
    std::size_t end = i;
    if (first < line.size() && line[first] == '-') {
      end = read_powershell_table(facts, i);
    } else if (first < line.size()) {
      const std::string_view text = line.substr(first);
      const bool fport = istarts_with(text, "Pid");  // its heading; here the name is Id
      const char next = fport ? '\0' : after_property(text);
      if (next == ':') {
        end = read_powershell_list(facts, i, from);
      } else if (next == ' ') {
        end = read_powershell_bare_table(facts, i);
      } else if (next != '\0') {
        end = read_powershell_csv(facts, i);
      }
    }
    if (end > i) from = end;
    i = reading.next_free(end > i ? end : i + 1);
  }
}

}  // namespace deadlight::evidence
