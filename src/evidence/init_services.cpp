#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/readers.h"
#include "evidence/unix_socket.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "init";
constexpr std::size_t kRunLevels = 7;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("-_.@+").find(c) != std::string_view::npos;
  });
}

/// " [ + ]  ssh", as `service --status-all` of Debian prints. '?' is a script that cannot say.
std::optional<Service> status_all(const std::vector<std::string_view>& columns) {
  if (columns.size() != 4 || columns[0] != "[" || columns[2] != "]" || !is_name(columns[3])) {
    return std::nullopt;
  }
  Service service;
  service.name = columns[3];
  if (columns[1] == "+") {
    service.state = ServiceState::running;
  } else if (columns[1] == "-") {
    service.state = ServiceState::stopped;
  } else if (columns[1] != "?") {
    return std::nullopt;
  }
  return service;
}

/// "sshd  0:off 1:off 2:on 3:on 4:on 5:on 6:off" of chkconfig. "on" is translated, the numbers are
/// not: a word that differs from that of run level 0, which halts the machine, is "on".
std::optional<Service> chkconfig(const std::vector<std::string_view>& columns) {
  if (columns.size() != kRunLevels + 1 || !is_name(columns[0])) return std::nullopt;
  for (std::size_t level = 0; level < kRunLevels; ++level) {
    const std::string_view cell = columns[level + 1];
    if (cell.size() < 3 || cell[0] != static_cast<char>('0' + level) || cell[1] != ':') {
      return std::nullopt;
    }
  }
  Service service;
  service.name = columns[0];
  const std::string_view off = columns[1].substr(2);
  const bool on = std::any_of(columns.begin() + 3, columns.end() - 1,
                              [&](std::string_view cell) { return cell.substr(2) != off; });
  service.start = on ? StartType::automatic : StartType::disabled;
  return service;
}

/// " sshd   [  started  ]" of OpenRC's rc-status.
std::optional<Service> rc_status(const std::vector<std::string_view>& columns) {
  if (columns.size() < 4 || columns[1] != "[" || columns.back() != "]" || !is_name(columns[0])) {
    return std::nullopt;
  }
  Service service;
  service.name = columns[0];
  if (columns[2] == "started" || columns[2] == "inactive") {
    service.state = ServiceState::running;
  } else if (columns[2] == "stopped" || columns[2] == "crashed") {
    service.state = ServiceState::stopped;
  } else if (columns[2] != "starting" && columns[2] != "stopping") {
    return std::nullopt;
  }
  return service;
}

}  // namespace

void read_init_services(Reading& reading) {
  constexpr std::size_t kRowBytesMax = 200;
  for (std::size_t i = reading.next_free(0); i < reading.line_count();
       i = reading.next_free(i + 1)) {
    const std::string_view line = reading.line(i);
    if (line.size() < 6 || line.size() > kRowBytesMax) continue;
    const bool bracket = line.back() == ']' || after_blanks(line).starts_with("[ ");
    const bool levels = !bracket && line.find("0:") != std::string_view::npos &&
                        line.find("6:") != std::string_view::npos;
    const bool level = !bracket && line.starts_with("Runlevel: ");
    if (!bracket && !levels && !level) continue;
    if (level) {
      reading.take(i, Mark::heading);
      continue;
    }
    const std::vector<std::string_view> columns = words(line);
    auto service = levels ? chkconfig(columns) : status_all(columns);
    if (!service && bracket) service = rc_status(columns);
    if (!service) continue;
    reading.found(kKind);
    reading.take(i, Mark::row);
    service->sources = reading.source(i);
    reading.add(std::move(*service));
  }
}

}  // namespace deadlight::evidence
