#include "evidence/prompt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kFolderBytesMax = 260;  // MAX_PATH

// Commands whose output is read, and those that say nothing of the host.
constexpr std::array<std::string_view, 34> kCommands = {
    "netstat", "tasklist",   "sc",      "fport",   "reg",   "hostname",   "ver",
    "cls",     "cd",         "dir",     "echo",    "exit",  "rem",        "type",
    "netsh",   "wmic",       "tlist",   "rpcdump", "net",   "tcpvcon",    "portqry",
    "pslist",  "powershell", "nmap",    "ss",      "lsof",  "systeminfo", "whoami",
    "chcp",    "more",       "findstr", "find",    "title", "date"};
constexpr std::size_t kBannerBytesMax = 200;

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
  return command.empty() || istarts_with(program, "Get-") ||
         std::any_of(kCommands.begin(), kCommands.end(),
                     [&](auto known) { return iequals(known, program); });
}

/// "sc qc Dnscache" alone on its line: a remote shell repeats what was typed, and guides leave the
/// prompt out. A sentence may begin with these words too, but has no such second word.
bool is_bare_command(std::string_view line) {
  struct Command {
    std::string_view program;
    std::string_view next;
  };
  static constexpr Command kBare[] = {
      {"sc", "qc"},     {"sc", "query"},         {"sc", "queryex"}, {"sc", "start"},
      {"sc", "stop"},   {"tasklist", "/"},       {"netsh", "http"}, {"netsh", "int"},
      {"reg", "query"}, {"netsh", "advfirewall"}};
  constexpr std::size_t kBytesMax = 120;
  if (line.size() > kBytesMax || std::string_view("sStTnNrR").find(line[0]) == line.npos) {
    return false;
  }
  if (iequals(line, "net start") || iequals(line, "tasklist")) return true;
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return false;
  const std::string_view program = program_of(line);
  return std::any_of(std::begin(kBare), std::end(kBare), [&](const Command& command) {
    return iequals(program, command.program) &&
           istarts_with(trim(line.substr(blank)), command.next);
  });
}

/// "```", "```cmd-session", "~~~"
bool is_fence(std::string_view line) {
  const char sign = line[0];
  if ((sign != '`' && sign != '~') || line[1] != sign || line[2] != sign) return false;
  const std::string_view language =
      line.substr(std::min(line.find_first_not_of(sign), line.size()));
  return language.find('`') == std::string_view::npos && words(language).size() <= 1;
}

void note_system(Reading& reading, std::size_t index, OsSet system, std::string text) {
  Clues& clues = reading.clues;
  if (!clues.banner.empty() || system.empty()) return;
  clues.banner = system;
  clues.banner_text = std::move(text);
  clues.banner_place = reading.place(index);
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
  note_system(reading, index, os_of_version(version), fmt::format("the version {}", version));
  return true;
}

/// Nmap's guess of another host: it names several systems, and is nobody's own word.
bool is_scanners_guess(std::string_view key, std::string_view value) {
  return key.starts_with("Running") || key.starts_with("OS details") || key.starts_with("OS CPE") ||
         key.starts_with("Aggressive OS") || value.find('|') != std::string_view::npos ||
         value.find(" or ") != std::string_view::npos;
}

/// "Microsoft® Windows Server® 2008" without the signs.
std::string without_marks(std::string_view name) {
  std::string plain(name);
  for (const std::string_view mark : {"®", "™", "(R)", "(TM)"}) {
    for (auto at = plain.find(mark); at != std::string::npos; at = plain.find(mark)) {
      plain.erase(at, mark.size());
    }
  }
  return plain;
}

/// systeminfo's "OS Name:    Microsoft Windows Server 2019 Standard", in any language.
bool read_product(Reading& reading, std::size_t index) {
  const std::string_view line = trim(reading.line(index));
  if (line.size() > kBannerBytesMax) return false;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view named = trim(line.substr(colon + 1));
  if (!named.starts_with("Microsoft")) return false;  // spares most lines a copy
  const std::string value = without_marks(named);
  if (!value.starts_with("Microsoft Windows") ||
      is_scanners_guess(trim(line.substr(0, colon)), value)) {
    return false;
  }
  const OsSet product = os_of_product(value);
  if (product.empty() || value.find(':') != std::string::npos) return false;
  reading.take(index, Mark::prompt);
  note_system(reading, index, product, value);
  return true;
}

/// Meterpreter's "OS : Windows 2012 R2 (6.3 Build 9600).", which has no "Server" in the name.
bool read_build(Reading& reading, std::size_t index) {
  const std::string_view line = trim(reading.line(index));
  constexpr std::string_view kBuild = " Build ";
  const auto open = line.find('(');
  const auto build = line.find(kBuild, std::min(open, line.size()));
  const auto close = line.find(')', std::min(build, line.size()));
  const auto colon = line.find(':');
  if (close == std::string_view::npos || colon > open) return false;
  if (trim(line.substr(0, colon)) != "OS") return false;
  const std::string_view name = trim(line.substr(colon + 1, open - colon - 1));
  constexpr std::string_view kWindows = "Windows ";
  if (!name.starts_with(kWindows)) return false;
  const OsSet version =
      os_of_version(fmt::format("{}.{}", line.substr(open + 1, build - open - 1),
                                line.substr(build + kBuild.size(), close - build - kBuild.size())));
  const OsSet server = os_of_product(fmt::format("Server {}", name.substr(kWindows.size())));
  const OsSet both = version & server;
  reading.take(index, Mark::prompt);
  note_system(reading, index, both.empty() ? version : both, std::string(name));
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

bool is_plain_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

std::optional<Prompt> parse_prompt(std::string_view line) {
  line = trim(line);
  if (line.starts_with("PS ")) line.remove_prefix(3);
  if (line.size() < 3 || !is_letter(line[0]) || line[1] != ':') return std::nullopt;
  const auto first = line.find('>');
  if (first > kFolderBytesMax) return std::nullopt;  // also npos
  return Prompt{line.substr(0, first), trim(line.substr(first + 1))};
}

void read_prompts(Reading& reading) {
  for (std::size_t i = reading.next_free(0); i < reading.line_count();
       i = reading.next_free(i + 1)) {
    const std::string_view line = trim(reading.line(i));
    if (line.size() < 3) continue;
    if (line[0] == 'M' && read_banner(reading, i)) {
      if (i + 1 < reading.line_count() && is_copyright(trim(reading.line(i + 1)))) {
        reading.take(i + 1, Mark::prompt);
      }
      continue;
    }
    if (is_fence(line)) {
      reading.take(i, Mark::fence);
      continue;
    }
    if (is_bare_command(line)) {
      reading.take(i, Mark::prompt);
      continue;
    }
    if (read_product(reading, i) || read_build(reading, i)) continue;
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
