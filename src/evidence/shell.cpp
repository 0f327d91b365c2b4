#include "evidence/shell.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "evidence/linux_clue.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"
#include "evidence/unix_socket.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kPromptBytesMax = 120;

// Commands whose output is read, and some that say nothing of the host.
constexpr std::array<std::string_view, 21> kCommands = {
    "ss",      "netstat",   "lsof",      "cat", "head",     "tail",   "more",
    "service", "systemctl", "chkconfig", "ps",  "hostname", "uname",  "rc-status",
    "nmap",    "osqueryi",  "exit",      "cd",  "clear",    "whoami", "tasklist"};

/// "sudo -n /usr/sbin/ss -tlnp" → "ss -tlnp" with its folder left in place.
std::string_view without_sudo(std::string_view command) {
  for (const std::string_view prefix : {"sudo ", "doas "}) {
    if (!command.starts_with(prefix)) continue;
    command = trim(command.substr(prefix.size()));
    while (command.starts_with('-')) {
      command = trim(command.substr(std::min(command.find(' '), command.size())));
    }
  }
  return command;
}

std::string_view program_of(std::string_view command) {
  const std::string_view program = command.substr(0, command.find_first_of(" \t"));
  return program.substr(program.rfind('/') + 1);  // npos + 1 is 0
}

bool is_known(std::string_view command) {
  return std::find(kCommands.begin(), kCommands.end(), program_of(command)) != kCommands.end();
}

/// "root@web01:~", "[jo@web01 log]", "web01:~ ": the host in the text before the sign.
std::string_view host_of(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return {};
  const std::string_view host = text.substr(at + 1);
  return host.substr(0, host.find_first_of(": ]~\t"));
}

/// What may follow the host: ":~/log", " log]", " ~ ". Not " wrote: ".
bool is_place(std::string_view text) {
  const std::vector<std::string_view> parts = words(text);
  return parts.size() <= 1 && (parts.empty() || parts[0].back() != ':');
}

/// "Linux web01 6.1.0-18-amd64 #1 SMP … x86_64 GNU/Linux"
bool read_uname(Reading& reading, std::size_t index) {
  const std::string_view line = reading.line(index);
  const std::vector<std::string_view> parts = words(line.substr(0, kPromptBytesMax));
  if (parts.size() < 4 || parts[0] != "Linux" || !parts[3].starts_with('#')) return false;
  reading.take(index, Mark::prompt);
  if (reading.snapshot.host.name.empty() && is_plain_name(parts[1])) {
    reading.snapshot.host.name = parts[1];
  }
  note_linux(reading, index, "the kernel of uname");
  return true;
}

void read_host_name(Reading& reading, std::size_t index) {
  if (index >= reading.line_count() || !reading.is_free(index)) return;
  const std::string_view name = trim(reading.line(index));
  if (!is_plain_name(name)) return;
  reading.take(index, Mark::heading);
  reading.snapshot.host.name = name;
}

/// "ss -p -s RpcEptMapper,2384,Auto,Running": where a window cut a CSV row behind "-k rpc".
bool is_end_of_csv_row(std::string_view line) {
  if (!line.starts_with("ss ")) return false;
  const std::vector<std::string_view> cells = split(line, ',');
  return std::any_of(cells.begin(), cells.end(),
                     [](std::string_view cell) { return number<std::uint32_t>(cell).has_value(); });
}

/// "ss -tlnp" alone on its line: the prompt was left out, or taken for a comment's sign.
bool is_bare_command(std::string_view line) {
  constexpr std::size_t kBytesMax = 80;
  constexpr std::array<std::string_view, 7> kBare = {"ss ",   "netstat ",   "lsof ", "ps -",
                                                     "sudo ", "systemctl ", "nmap "};
  const bool known = line.size() <= kBytesMax &&
                     std::any_of(kBare.begin(), kBare.end(),
                                 [&](std::string_view bare) { return line.starts_with(bare); });
  if (!known || is_end_of_csv_row(line)) return false;
  const std::string_view command = without_sudo(trim(line));
  const std::string_view arguments =
      trim(command.substr(std::min(command.find(' '), command.size())));
  const bool subcommand = arguments.starts_with("list-") || arguments.starts_with("status") ||
                          arguments.starts_with("show");
  return is_known(command) && (arguments.starts_with('-') || subcommand);
}

bool may_be_prompt(std::string_view line) {
  constexpr std::string_view kFirst = "$#%";
  const std::string_view start = line.substr(0, kPromptBytesMax);
  return kFirst.find(line.front()) != std::string_view::npos || line.starts_with("bash-") ||
         line.starts_with("-bash-") || line.starts_with("sh-") ||
         start.find('@') != std::string_view::npos || start.find('~') != std::string_view::npos;
}

}  // namespace

std::optional<ShellPrompt> parse_shell_prompt(std::string_view line) {
  line = trim(line);
  const auto sign = line.substr(0, kPromptBytesMax).find_first_of("$#%");
  if (sign == std::string_view::npos) return std::nullopt;
  const bool ends = sign + 1 == line.size();
  if (!ends && line[sign + 1] != ' ') return std::nullopt;
  const std::string_view before = line.substr(0, sign);
  ShellPrompt prompt{host_of(before), without_sudo(trim(line.substr(sign + 1)))};
  const bool names_host =
      is_plain_name(prompt.host) &&
      is_place(before.substr(static_cast<std::size_t>(prompt.host.data() - before.data()) +
                             prompt.host.size()));
  if (!names_host) prompt.host = {};
  const bool plain = before.empty() || before.starts_with("bash-") ||
                     before.starts_with("-bash-") || before.starts_with("sh-") ||
                     before.find(":~") != std::string_view::npos;
  if (names_host && before.find_first_of("'\"=|<>(") == std::string_view::npos) return prompt;
  return plain && is_known(prompt.command) ? std::optional(prompt) : std::nullopt;
}

std::string_view shell_command(std::string_view line) {
  const auto prompt = parse_shell_prompt(line);
  if (prompt) return prompt->command;
  return is_bare_command(trim(line)) ? without_sudo(trim(line)) : std::string_view();
}

void read_shell(Reading& reading) {
  for (std::size_t i = reading.next_free(0); i < reading.line_count();
       i = reading.next_free(i + 1)) {
    const std::string_view line = after_blanks(reading.line(i));
    // The rows of the longest listings are over at their first letters.
    if (line.size() < 4 || line.starts_with("TCP") || line.starts_with("UDP")) continue;
    if (line[0] == 'L' && read_uname(reading, i)) continue;
    if (is_bare_command(line)) reading.take(i, Mark::prompt);
    if (!reading.is_free(i) || !may_be_prompt(line)) continue;
    const auto prompt = parse_shell_prompt(line);
    if (!prompt) continue;
    reading.take(i, Mark::prompt);
    if (program_of(prompt->command) == "hostname") read_host_name(reading, i + 1);
    if (reading.snapshot.host.name.empty() && prompt->host != "localhost") {
      reading.snapshot.host.name = prompt->host;
    }
  }
}

}  // namespace deadlight::evidence
