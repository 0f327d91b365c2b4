#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/unit_name.h"
#include "evidence/columns.h"
#include "evidence/linux_clue.h"
#include "evidence/readers.h"
#include "evidence/systemd_unit.h"
#include "evidence/unix_socket.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "systemctl";
constexpr std::size_t kFieldLinesMax = 5000;  // of one unit, its processes among them

/// Letters up to `bytes`: glyphs of the tree have three bytes each.
std::size_t letters(std::string_view text, std::size_t bytes) {
  std::size_t count = 0;
  for (const char c : text.substr(0, bytes))
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

/// "ssh.service - OpenBSD Secure Shell server", also with a bullet before it.
std::string_view unit_of_title(std::string_view line) {
  Words words(line);
  std::string_view unit = words.take();
  if (is_bullet(unit)) unit = words.take();
  return is_any_unit(unit) && unit.find('/') == unit.npos ? unit : std::string_view();
}

/// Node of the tree of control groups: "├─731 sshd: …" or "├─ssh.service".
struct Node {
  std::size_t column = 0;  ///< in letters
  std::string_view text;
};
Node node_of(std::string_view line) {
  constexpr std::string_view kGlyphs = " \t|`-";
  std::size_t at = 0;
  while (at < line.size() && (kGlyphs.find(line[at]) != std::string_view::npos ||
                              (static_cast<unsigned char>(line[at]) & 0x80) != 0)) {
    ++at;
  }
  return {letters(line, at), trim(line.substr(at))};
}

class StatusReader {
 public:
  explicit StatusReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = after_blanks(reading_.line(i));
      if (line.starts_with("Loaded: ")) {
        i = read_status(i);
      } else if (is_show(line)) {
        i = read_show(i);
      }
    }
  }

 private:
  // --- systemctl status

  /// The block whose "Loaded:" stands at `loaded`; returns its last line.
  std::size_t read_status(std::size_t loaded) {
    Service service;
    if (loaded > 0 && reading_.is_free(loaded - 1)) {
      const std::string_view title = trim(reading_.line(loaded - 1));
      service.name = unit_of_title(title);
      const auto dash = title.find(" - ");
      if (dash != std::string_view::npos && !is_cut(title)) service.title = title.substr(dash + 3);
    }
    reading_.found(kKind);
    note_linux(reading_, loaded, "systemctl status");
    if (service.name.empty()) {
      reading_.unread(loaded, "the name of the unit, which stands above 'Loaded:', is missing");
    } else {
      take(loaded - 1, service);
    }
    tree_.clear();
    in_tree_ = false;
    std::size_t i = loaded;
    for (; i < reading_.line_count() && i - loaded < kFieldLinesMax; ++i) {
      if (!reading_.is_free(i) && i != loaded) break;
      const std::string_view line = reading_.line(i);
      if (trim(line).empty()) break;
      if (i != loaded && !unit_of_title(line).empty() && !in_tree_) break;
      if (service.name.empty()) {
        if (i != loaded) reading_.take(i, Mark::heading);
      } else {
        read_field(line, i, service);
      }
    }
    const bool relevant = is_service_unit(service.name) && loaded_;
    if (relevant) reading_.add(std::move(service));
    return skip_journal(i);
  }

  void read_field(std::string_view line, std::size_t index, Service& service) {
    const auto field = in_tree_ ? std::nullopt : key_value(line);
    if (!field) return in_tree_ ? read_node(line, index, service) : take(index, service);
    const std::string_view value = field->value;
    take(index, service);
    if (field->key == "Loaded") {
      loaded_ = !value.starts_with("not-found");
      read_loaded(value, service);
    } else if (field->key == "Active") {
      const auto state = parse_active_state(value.substr(0, value.find(' ')));
      if (state) {
        service.state = *state;
      } else {
        reading_.complain(index, "unknown state; run systemctl with LC_ALL=C");
      }
    } else if (field->key == "Main PID") {
      read_main_pid(value, service);
    } else if (field->key == "CGroup") {
      in_tree_ = true;
    }
  }

  /// "loaded (/lib/systemd/system/ssh.service; enabled; vendor preset: enabled)"
  static void read_loaded(std::string_view value, Service& service) {
    if (value.starts_with("masked")) service.start = StartType::disabled;
    for (const std::string_view part : split(value, ';')) {
      const std::string_view word = trim(part.substr(0, part.find(')')));
      if (const auto start = parse_unit_file_state(word)) service.start = *start;
    }
  }

  /// "731 (sshd)"; a process that has ended is "700 (code=exited, status=0/SUCCESS)".
  void read_main_pid(std::string_view value, Service& service) {
    if (value.find("code=") != std::string_view::npos) return;
    service.pid = number<std::uint32_t>(value.substr(0, value.find(' ')));
  }

  void read_node(std::string_view line, std::size_t index, Service& service) {
    const Node node = node_of(line);
    take(index, service);
    if (node.text.empty()) return;
    while (!tree_.empty() && tree_.back().column >= node.column) tree_.pop_back();
    const std::string_view first = node.text.substr(0, node.text.find(' '));
    const auto pid = number<std::uint32_t>(first);
    if (!pid) {
      tree_.push_back({node.column, node.text});
      return;
    }
    std::string_view unit = service.name;
    for (const Node& group : tree_) {
      if (is_unit_name(group.text)) unit = group.text;
    }
    if (!is_unit_name(unit)) return;
    Process process;
    process.pid = *pid;
    process.services = {std::string(unit)};
    process.services_known = true;  // a process is in one control group
    const std::string_view command = trim(node.text.substr(first.size()));
    if (!is_cut(command)) process.command_line = command;
    process.sources = reading_.source(index);
    reading_.add(std::move(process));
  }

  /// The last lines of the journal, after a blank one: "Jan 05 10:00:00 web01 sshd[731]: …".
  std::size_t skip_journal(std::size_t end) {
    std::size_t i = end;
    while (i < reading_.line_count() && trim(reading_.line(i)).empty()) ++i;
    std::size_t last = end;
    for (; i < reading_.line_count() && reading_.is_free(i) && is_journal(reading_.line(i)); ++i) {
      reading_.take(i, Mark::heading);
      last = i + 1;
    }
    return last == 0 ? 0 : last - 1;
  }

  static bool is_journal(std::string_view line) {
    if (line.starts_with("-- ") || line.starts_with("Hint: ") || line.starts_with("Warning: ")) {
      return true;
    }
    // Month, day and time; the names of months are translated.
    Words words(line.substr(0, 80));
    for (int i = 0; i < 3; ++i) {
      const std::string_view word = words.take();
      if (word.size() >= 8 && word[2] == ':' && word[5] == ':') return i > 0;
    }
    return false;
  }

  // --- systemctl show

  static bool is_show(std::string_view line) {
    return line.starts_with("Id=") || line.starts_with("MainPID=") ||
           line.starts_with("ActiveState=") || line.starts_with("UnitFileState=") ||
           line.starts_with("Type=") || line.starts_with("Names=");
  }

  /// "Key=value": keys of systemd are letters and digits.
  static bool is_property(std::string_view line) {
    const auto equal = line.find('=');
    return equal != std::string_view::npos && equal > 0 && equal <= 64 &&
           std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(equal),
                       is_letter_or_digit);
  }

  std::size_t read_show(std::size_t first) {
    std::size_t end = first;
    Service service;
    bool known = false;  // a key that only systemd has
    for (; end < reading_.line_count() && reading_.is_free(end); ++end) {
      const std::string_view line = after_blanks(reading_.line(end));
      if (!is_property(line)) break;
      const std::string_view key = line.substr(0, line.find('='));
      read_property(key, trim(line.substr(key.size() + 1)), service);
      known = known || key == "MainPID" || key == "ActiveState" || key == "UnitFileState" ||
              (key == "Id" && is_any_unit(service.name));
    }
    if (!known) return end - 1;
    reading_.found(kKind);
    note_linux(reading_, first, "systemctl show");
    if (service.name.empty()) {
      for (std::size_t i = first; i < end; ++i) reading_.take(i, Mark::heading);
      reading_.unread(first, "the unit's name is missing; run systemctl show -p Id as well");
      return end - 1;
    }
    for (std::size_t i = first; i < end; ++i) take(i, service);
    if (is_service_unit(service.name)) reading_.add(std::move(service));
    return end - 1;
  }

  static void read_property(std::string_view key, std::string_view value, Service& service) {
    if (key == "Id") {
      service.name = value;
    } else if (key == "Description") {
      service.title = value;
    } else if (key == "ActiveState") {
      service.state = parse_active_state(value).value_or(ServiceState::unknown);
    } else if (key == "UnitFileState") {
      service.start = parse_unit_file_state(value).value_or(StartType::unknown);
    } else if (key == "MainPID") {
      service.pid = number<std::uint32_t>(value);
      if (service.pid == 0U) service.pid.reset();
    } else if (key == "Requires") {
      for (const std::string_view unit : words(value)) {
        if (is_service_unit(unit)) service.depends_on.emplace_back(unit);
      }
    } else if (key == "ExecStart") {
      // { path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D $SSHD_OPTS ; ignore_errors=no ; … }
      constexpr std::string_view kArguments = "argv[]=";
      const auto at = value.find(kArguments);
      if (at == std::string_view::npos) return;
      const std::string_view command = value.substr(at + kArguments.size());
      service.command = trim(command.substr(0, command.find(" ; ")));
    }
  }

  void take(std::size_t index, Service& service) {
    reading_.take(index, Mark::row);
    service.sources.append(reading_.source(index));
  }

  Reading& reading_;
  std::vector<Node> tree_;  ///< control groups that a line may be in
  bool in_tree_ = false;
  bool loaded_ = false;
};

}  // namespace

void read_systemctl_status(Reading& reading) { StatusReader(reading).run(); }

}  // namespace deadlight::evidence
