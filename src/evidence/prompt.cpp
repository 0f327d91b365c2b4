#include "evidence/prompt.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kFolderBytesMax = 260;  // MAX_PATH

// Commands whose output is read, and those that say nothing of the host.
constexpr std::array<std::string_view, 14> kCommands = {
    "netstat", "tasklist", "sc",  "fport", "reg",  "hostname", "ver",
    "cls",     "cd",       "dir", "echo",  "exit", "rem",      "type"};

struct Version {
  std::string_view prefix;
  Os os;
};
// The number does not tell a client from the server made of the same code.
constexpr std::array<Version, 8> kVersions = {{{"4.0.", Os::winnt4},
                                               {"5.0", Os::win2000},  // also printed as 5.00.2195
                                               {"5.1.", Os::winxp},
                                               {"5.2.", Os::win2003},
                                               {"6.0.", Os::vista},
                                               {"6.1.", Os::win7},
                                               {"6.2.", Os::win8},
                                               {"6.3.", Os::win8}}};
constexpr unsigned kFirstWindows11Build = 22000;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// "C:\tools\fport.exe /p" runs "fport".
std::string_view program_of(std::string_view command) {
  std::string_view program = command.substr(0, command.find_first_of(" \t"));
  if (const auto slash = program.find_last_of("\\/"); slash != std::string_view::npos) {
    program.remove_prefix(slash + 1);
  }
  if (program.size() > 4 && iequals(program.substr(program.size() - 4), ".exe")) {
    program.remove_suffix(4);
  }
  return program;
}

bool is_known_command(std::string_view command) {
  const std::string_view program = program_of(command);
  return command.empty() || std::any_of(kCommands.begin(), kCommands.end(),
                                        [&](auto known) { return iequals(known, program); });
}

Os os_of_version(std::string_view version) {
  for (const Version& row : kVersions) {
    if (version.starts_with(row.prefix)) return row.os;
  }
  constexpr std::string_view kTen = "10.0.";
  if (!version.starts_with(kTen)) return Os::unknown;
  const std::string_view rest = version.substr(kTen.size());
  const auto build = number<unsigned>(rest.substr(0, rest.find('.')));
  if (!build) return Os::unknown;
  return *build < kFirstWindows11Build ? Os::win10 : Os::win11;
}

/// "Microsoft Windows XP [Version 5.1.2600]". The word "Version" is translated, the number is not.
bool read_banner(Reading& reading, std::size_t index) {
  const std::string_view line = trim(reading.line(index));
  if (!line.starts_with("Microsoft Windows") || !line.ends_with(']')) return false;
  const auto open = line.find('[');
  if (open == std::string_view::npos) return false;
  std::string_view version = line.substr(open + 1, line.size() - open - 2);
  version.remove_prefix(std::min(version.find_first_of("0123456789"), version.size()));
  reading.take(index, Mark::prompt);
  if (reading.clues.banner != Os::unknown) return true;
  reading.clues.banner = os_of_version(version);
  reading.clues.banner_text = version;
  reading.clues.banner_place = reading.place(index);
  return true;
}

bool is_copyright(std::string_view line) {
  return line.size() < 100 && icontains(line, "Microsoft Corp") &&
         (istarts_with(line, "(C)") || istarts_with(line, "Copyright") || line.starts_with("©"));
}

void read_host_name(Reading& reading, std::size_t prompt) {
  const std::size_t index = prompt + 1;
  if (index >= reading.line_count()) return;
  const std::vector<std::string_view> name = words(reading.line(index));
  if (name.size() != 1 || parse_prompt(name[0])) return;
  reading.take(index, Mark::heading);
  if (reading.snapshot.host.name.empty()) reading.snapshot.host.name = name[0];
}

}  // namespace

std::optional<Prompt> parse_prompt(std::string_view line) {
  line = trim(line);
  if (line.starts_with("PS ")) line.remove_prefix(3);
  if (line.size() < 3 || !is_letter(line[0]) || line[1] != ':') return std::nullopt;
  const auto first = line.find('>');
  if (first > kFolderBytesMax) return std::nullopt;  // also npos
  return Prompt{line.substr(0, first), trim(line.substr(first + 1))};
}

void read_prompts(Reading& reading) {
  for (std::size_t i = 0; i < reading.line_count(); ++i) {
    const std::string_view line = trim(reading.line(i));
    if (line.size() < 3 || !reading.is_free(i)) continue;
    if (line[0] == 'M' && read_banner(reading, i)) {
      if (i + 1 < reading.line_count() && is_copyright(trim(reading.line(i + 1)))) {
        reading.take(i + 1, Mark::prompt);
      }
      continue;
    }
    if (line[1] != ':' && line[0] != 'P') continue;
    const std::optional<Prompt> prompt = parse_prompt(line);
    if (!prompt) continue;
    if (icontains(prompt->folder, "WINNT") && reading.clues.winnt_place.empty()) {
      reading.clues.winnt_place = reading.place(i);
    }
    if (!is_known_command(prompt->command)) continue;
    reading.take(i, Mark::prompt);
    if (iequals(program_of(prompt->command), "hostname")) read_host_name(reading, i);
  }
}

}  // namespace deadlight::evidence
