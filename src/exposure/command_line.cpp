#include "exposure/command_line.h"

#include <vector>

#include "base/text.h"

namespace deadlight {
namespace {

// The program's path may hold blanks, and may stand in quotes: its end is its name.
bool is_svchost(std::string_view word) {
  while (!word.empty() && word.back() == '"') word.remove_suffix(1);
  const auto slash = word.find_last_of("\\/\"");
  const std::string_view name = slash == std::string_view::npos ? word : word.substr(slash + 1);
  return iequals(name, "svchost.exe") || iequals(name, "svchost");
}

bool is_option(std::string_view word, std::string_view letter) {
  return word.size() == 2 && (word[0] == '-' || word[0] == '/') && iequals(word.substr(1), letter);
}

}  // namespace

SvchostCommand parse_svchost_command(std::string_view command_line) {
  SvchostCommand command;
  bool program = false;
  const std::vector<std::string_view> parts = words(command_line);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!program) {
      program = is_svchost(parts[i]);
    } else if (i + 1 < parts.size() && is_option(parts[i], "k")) {
      command.group = parts[++i];
    } else if (i + 1 < parts.size() && is_option(parts[i], "s")) {
      command.service = parts[++i];
    }
  }
  // A name cut at the end of a column is none.
  if (command.group.empty()) command.service.clear();
  return command;
}

}  // namespace deadlight
