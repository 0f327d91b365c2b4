#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/connection.h"
#include "evidence/csv.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "port reporter";

// Lines of the logs of Port Reporter and of `portqry -local` that say nothing of a port.
constexpr std::array<std::string_view, 16> kHeadings = {"Port Reporter Version",
                                                        "TCP/UDP Port to Process Mappings",
                                                        "Port and Module Information",
                                                        "Process doesn't appear",
                                                        "Port Statistics",
                                                        "TCP mappings:",
                                                        "UDP mappings:",
                                                        "TCP ports in a ",
                                                        "Loaded modules:",
                                                        "Display Name:",
                                                        "Service Type:",
                                                        "User context:",
                                                        "User Context:",
                                                        "System Date:",
                                                        "Operating System:",
                                                        "No port mappings"};

/// "PID:Process", "Port", "Local IP", "State", "Remote IP:Port"; per process only "PID".
bool is_table_heading(std::string_view line) {
  const std::vector<std::string_view> parts = words(line);
  return parts.size() >= 4 && (iequals(parts[0], "PID:Process") || iequals(parts[0], "PID")) &&
         iequals(parts[1], "Port") && iequals(parts[2], "Local") && iequals(parts[3], "IP");
}

bool is_log_heading(std::string_view line) {
  return istarts_with(line, "date,time,protocol,local port");
}

/// A service named below "Process ID: 884 (svchost.exe)".
struct Owner {
  std::uint32_t pid = 0;
  std::string_view image;
};

class PortReporterReader {
 public:
  explicit PortReporterReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();) {
      const std::string_view line = reading_.line(i);
      std::size_t next = i + 1;
      if (line.starts_with("PID") && is_table_heading(line)) {
        next = read_table(i);
      } else if (!line.empty() && (line[0] == 'd' || line[0] == 'D') && is_log_heading(line)) {
        next = read_log(i);
      } else if (seen_ || line.starts_with("Port Reporter Version") ||
                 line.starts_with("TCP/UDP Port to Process")) {
        read_text(i, trim(line));
      }
      i = reading_.next_free(next);
    }
    flush();
  }

 private:
  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }

  void take_heading(std::size_t index) {
    seen_ = true;
    reading_.found(kKind);
    reading_.take(index, Mark::heading);
  }

  // --- what stands between the tables --------------------------------------------------------

  void read_text(std::size_t index, std::string_view line) {
    if (line.empty()) return;
    if (line.starts_with("Process ID:")) return begin_process(index, line);
    if (line.starts_with("Service Name:")) return add_service(index, line);
    const bool known = std::any_of(kHeadings.begin(), kHeadings.end(),
                                   [&](auto heading) { return line.starts_with(heading); });
    if (known || line.ends_with("mappings found") || line.find_first_not_of("=-") == line.npos) {
      take_heading(index);
    }
  }

  /// "Process ID: 884 (svchost.exe)"
  void begin_process(std::size_t index, std::string_view line) {
    flush();
    const std::size_t open = line.find('(');
    const auto pid = number<std::uint32_t>(trim(line.substr(
        std::string_view("Process ID:").size(), open == line.npos ? line.npos : open - 11)));
    if (!pid) return;
    process_ = Process();
    process_.pid = *pid;
    if (open != std::string_view::npos && line.ends_with(')') && *pid != 0) {
      process_.image = line.substr(open + 1, line.size() - open - 2);
    }
    process_.sources = reading_.source(index);
    has_process_ = true;
    seen_ = true;
    reading_.found(kKind);
    reading_.take(index, Mark::row);
  }

  void add_service(std::size_t index, std::string_view line) {
    const std::string_view name = trim(line.substr(line.find(':') + 1));
    if (!has_process_ || name.empty()) return;
    process_.services.emplace_back(name);
    process_.sources.append(reading_.source(index));
    reading_.take(index, Mark::row);
  }

  void flush() {
    if (has_process_) reading_.add(std::move(process_));
    has_process_ = false;
  }

  // --- the table -----------------------------------------------------------------------------

  std::size_t read_table(std::size_t heading) {
    take_heading(heading);
    std::size_t i = heading + 1;
    for (; is_free(i); ++i) {
      const std::string_view line = trim(reading_.line(i));
      if (line.empty()) {
        // Each table may have a blank line below its heading.
        if (i > heading + 1) break;
        continue;
      }
      if (line.front() < '0' || line.front() > '9') break;
      read_row(i, line);
    }
    return i;
  }

  /// "4:System        TCP 445     0.0.0.0     LISTENING     0.0.0.0:2160"
  void read_row(std::size_t index, std::string_view line) {
    const std::vector<std::string_view> parts = words(line);
    std::size_t at = 1;
    while (at < parts.size() && !is_protocol_cell(parts[at])) ++at;
    if (at + 2 >= parts.size()) {
      reading_.unread(index, "no protocol, port and address in the row of Port Reporter");
      return;
    }
    Connection row;
    row.protocol = parts[at];
    row.local_port = parts[at + 1];
    row.local_address = parts[at + 2];
    const std::string_view before =
        trim(line.substr(0, static_cast<std::size_t>(parts[at].data() - line.data())));
    const std::size_t colon = before.find(':');
    row.pid = before.substr(0, colon);
    if (colon != std::string_view::npos && row.pid != "0") row.process = before.substr(colon + 1);
    if (at + 3 < parts.size()) {
      const Socket remote = split_socket(parts.back());
      row.remote_address = remote.address;
      row.remote_port = remote.port;
      const char* const begin = parts[at + 3].data();
      row.state = trim({begin, static_cast<std::size_t>(parts.back().data() - begin)});
    }
    add_connection(reading_, row, index, reading_.source(index));
  }

  // --- PR-PORTS: a line for each use of a port -----------------------------------------------

  std::size_t read_log(std::size_t heading) {
    take_heading(heading);
    std::size_t i = heading + 1;
    for (; is_free(i); ++i) {
      const std::string_view line = trim(reading_.line(i));
      if (line.find(',') == std::string_view::npos) break;
      read_log_row(i, csv_cells(line, ','));
    }
    if (i > heading + 1) {
      reading_.snapshot.notes.push_back(
          fmt::format("{}: a log over time: what it names was open once, not at one moment",
                      reading_.place(heading)));
    }
    return i;
  }

  /// date, time, protocol, local port, local address, remote port, remote address, PID, module,
  /// user
  void read_log_row(std::size_t index, const std::vector<std::string>& cells) {
    constexpr std::size_t kCellsMin = 8;
    if (cells.size() < kCellsMin) {
      reading_.unread(index, "the row of Port Reporter is cut off before the process id");
      return;
    }
    Connection row;
    row.protocol = cells[2];
    row.local_port = cells[3];
    row.local_address = cells[4];
    row.remote_port = cells[5];
    row.remote_address = cells[6];
    row.pid = cells[7];
    if (cells.size() > kCellsMin && row.pid != "0") row.process = cells[8];
    add_connection(reading_, row, index, reading_.source(index));
  }

  Reading& reading_;
  bool seen_ = false;  ///< a line of the tool was read
  Process process_;
  bool has_process_ = false;
};

}  // namespace

void read_port_reporter(Reading& reading) { PortReporterReader(reading).run(); }

}  // namespace deadlight::evidence
