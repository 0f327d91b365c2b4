#include <fmt/format.h>

#include <array>

#include "base/ascii.h"
#include "base/ip.h"
#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/outside_scan.h"
#include "evidence/readers.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kReport = "Nmap scan report for ";
constexpr std::string_view kOldReport = "Interesting ports on ";
constexpr std::string_view kNotShown = "Not shown: ";
constexpr std::string_view kDiscovered = "Discovered open port ";

// How lines begin that stand in a report and say nothing of a port.
constexpr std::array<std::string_view, 38> kOtherLines = {"# Nmap",
                                                          "#masscan",
                                                          "Aggressive OS guesses:",
                                                          "Completed ",
                                                          "Device type:",
                                                          "Error",
                                                          "HOP ",
                                                          "Host is up",
                                                          "Host script results:",
                                                          "Host seems down",
                                                          "Initiating ",
                                                          "MAC Address:",
                                                          "NSE: ",
                                                          "NSE Timing:",
                                                          "Network Distance:",
                                                          "Nmap done",
                                                          "Nmap finished",
                                                          "Nmap run completed",
                                                          "No OS matches",
                                                          "No exact OS matches",
                                                          "OS CPE:",
                                                          "OS and Service detection",
                                                          "OS details:",
                                                          "OS detection performed",
                                                          "Other addresses for",
                                                          "PORT ",
                                                          "Raw packets sent:",
                                                          "Read data files",
                                                          "Running",
                                                          "SF",
                                                          "Scanned at ",
                                                          "Service Info:",
                                                          "Service detection performed",
                                                          "Starting Nmap",
                                                          "Starting nmap",
                                                          "TCP Sequence Prediction:",
                                                          "TRACEROUTE",
                                                          "Uptime guess:"};
constexpr std::array<std::string_view, 11> kMoreLines = {"rDNS record for",
                                                         "Warning: OSScan results",
                                                         "Too many fingerprints",
                                                         "OS fingerprint not ideal",
                                                         "IP ID Sequence",
                                                         "Stats: ",
                                                         "1 service unrecognized",
                                                         "==",
                                                         "WARNING: ",
                                                         "Warning: ",
                                                         "RTTVAR"};

// What nmap -v prints while it scans.
constexpr std::array<std::string_view, 7> kProgress = {
    "Initiating ",        "Scanning ", "Completed ", "Increasing send delay ",
    "DNS resolution of ", "NSE: ",     "Stats: "};

template <std::size_t N>
bool begins_with_one_of(std::string_view line, const std::array<std::string_view, N>& starts) {
  for (const std::string_view start : starts) {
    if (line.front() == start.front() && line.starts_with(start)) return true;
  }
  return false;
}

struct Host {
  std::string_view address;
  std::string_view name;
};

/// "gargan.example (10.0.0.3)", "10.0.0.3", "10.0.0.3 ()"
Host parse_host(std::string_view text) {
  text = trim(text);
  const std::size_t open = text.rfind('(');
  if (open == std::string_view::npos) return {text, {}};
  const std::size_t close = std::min(text.find(')', open), text.size());
  const std::string_view outside = trim(text.substr(0, open));
  const std::string_view inside = trim(text.substr(open + 1, close - open - 1));
  if (parse_ip(outside)) return {outside, inside};
  return parse_ip(inside) ? Host{inside, outside} : Host{outside, {}};
}

/// "22/tcp"
bool split_port(std::string_view word, ScannedPort& port) {
  const std::size_t slash = word.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == word.size()) return false;
  port.port = word.substr(0, slash);
  port.protocol = word.substr(slash + 1);
  return port.port.find_first_not_of("0123456789") == std::string_view::npos;
}

class NmapReader {
 public:
  explicit NmapReader(Reading& reading) : reading_(reading), scan_(reading, "nmap") {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = reading_.line(i);
      const std::size_t first = indent_of(line);
      if (first == line.size()) continue;
      const std::string_view text = trim(line);
      if (scans_ && !report_ && begins_with_one_of(text, kProgress)) {
        scan_.heading(i);
      } else if (report_ || may_begin(text)) {
        read_line(i, text);
      }
    }
    scan_.finish();
  }

 private:
  /// Cheap: outside of a report, most lines of other tools end here.
  static bool may_begin(std::string_view text) {
    switch (text.front()) {
      case 'N':
      case 'I':
      case 'A':
      case 'P':
      case 'D':
      case 'H':
      case 'o':
      case 'c':
      case 'S':
      case '#':
        return true;
      case 'T':
        return text.starts_with("Time");
      default:
        return false;
    }
  }

  void read_line(std::size_t i, std::string_view line) {
    if (report_ && read_in_report(i, line)) return;
    switch (line.front()) {
      case 'N':
        if (line.starts_with(kReport)) begin_report(i, line.substr(kReport.size()));
        break;
      case 'I':
        if (line.starts_with(kOldReport)) begin_report(i, line.substr(kOldReport.size()));
        break;
      case 'A':
        read_all_alike(i, line);
        break;
      case 'P':
        if (is_heading(line)) begin_table(i);
        break;
      case 'D':
        if (line.starts_with(kDiscovered)) read_discovered(i, line.substr(kDiscovered.size()));
        break;
      case 'H':
        if (line.starts_with("Host: ")) read_grepable(i, line);
        break;
      case 'T':  // masscan -oG
        if (line.starts_with("Timestamp: ")) read_grepable(i, line);
        break;
      case 'o':
      case 'c':
        read_masscan(i, line);
        break;
      case 'S':
        if (!line.starts_with("Starting Nmap ") && !line.starts_with("Starting nmap ")) break;
        scan_.heading(i);
        scans_ = true;
        break;
      case '#':
        if (line.starts_with("# Nmap ") || line.starts_with("#masscan") || line == "# end") {
          scan_.heading(i);
        }
        break;
      default:
        break;
    }
  }

  /// A report goes on until a line that no report has.
  bool read_in_report(std::size_t i, std::string_view line) {
    if (is_digit(line.front())) return read_row(i, line) || read_hop(i);
    if (line.front() == '|' || line.front() == '(') return read_text(i, line);
    if (line.starts_with(kNotShown)) {
      scan_.not_listed(i, line.substr(kNotShown.size()));
      return true;
    }
    if (is_heading(line)) return false;
    hops_ = line.starts_with("TRACEROUTE") || line.starts_with("HOP ");
    if (!begins_with_one_of(line, kOtherLines) && !begins_with_one_of(line, kMoreLines))
      return false;
    scan_.heading(i);
    if (line.starts_with("Nmap done") || line.starts_with("Nmap finished")) report_ = false;
    return true;
  }

  void begin_report(std::size_t i, std::string_view text) {
    report_ = true;
    scan_.heading(i);
    if (const auto down = text.find(" [host down"); down != std::string_view::npos) {
      text = text.substr(0, down);
    }
    text = trim(text);
    if (text.ends_with(':')) text.remove_suffix(1);
    const Host host = parse_host(text);
    scan_.begin_host(i, host.address, host.name);
  }

  static bool is_heading(std::string_view line) {
    const std::size_t first = line.find_first_of(" \t");
    if (first == std::string_view::npos) return false;
    const std::string_view word = line.substr(0, first);
    return (iequals(word, "PORT") || word == "PROTOCOL") &&
           istarts_with(trim(line.substr(first)), "STATE");
  }

  void begin_table(std::size_t i) {
    report_ = true;
    scan_.heading(i);
  }

  /// "22/tcp open ssh syn-ack OpenSSH 9.2"
  bool read_row(std::size_t i, std::string_view line) {
    Words words(line);
    ScannedPort port;
    if (!split_port(words.take(), port)) return false;
    port.state = words.take();
    port.service = words.take();
    if (port.state.empty()) {
      reading_.unread(i, "the row is not complete: the state of the port is missing");
    } else {
      scan_.add(i, port);
    }
    return true;
  }

  /// "1   0.05 ms 10.0.0.1" below TRACEROUTE; or a protocol number of -sO.
  bool read_hop(std::size_t i) {
    if (hops_) scan_.heading(i);
    return hops_;
  }

  /// Output of scripts; "(The 1663 ports scanned but not shown below are in state: closed)".
  bool read_text(std::size_t i, std::string_view line) {
    if (line.front() == '|') {
      scan_.heading(i);
    } else if (line.starts_with("(The ")) {
      Words words(line);
      words.take();
      const std::string_view count = words.take();
      const std::string_view state = line.substr(line.find_last_of(' ') + 1);
      scan_.not_listed(i, fmt::format("{} {} ports", count, state.substr(0, state.find(')'))));
    } else {
      return false;
    }
    return true;
  }

  /// "All 1000 scanned ports on gargan (10.0.0.3) are filtered"
  void read_all_alike(std::size_t i, std::string_view line) {
    const std::size_t ports = line.find(" scanned ports on ");
    if (!line.starts_with("All ") || ports == std::string_view::npos) return;
    // Newer versions say it in the next line once more.
    line.ends_with("ignored states.") ? scan_.heading(i) : scan_.not_listed(i, line);
  }

  /// "22/tcp on 10.0.0.3", printed while the scan runs
  void read_discovered(std::size_t i, std::string_view text) {
    Words words(text);
    ScannedPort port;
    if (!split_port(words.take(), port) || words.take() != "on") return;
    const std::string_view address = words.take();
    if (!parse_ip(address)) return;
    port.state = "open";
    scan_.begin_host(i, address, {});
    scan_.add(i, port);
  }

  /// "Host: 10.0.0.3 (gargan)\tPorts: 22/open/tcp//ssh///, 80/closed/tcp//http///\tIgnored State:
  /// …"
  void read_grepable(std::size_t i, std::string_view line) {
    constexpr std::string_view kHost = "Host: ";
    constexpr std::string_view kPorts = "Ports: ";
    std::size_t at = line.find(kHost);
    if (at == std::string_view::npos) return;
    const std::string_view text = line.substr(at + kHost.size());
    const std::size_t close = text.find(')');
    const Host host =
        parse_host(text.substr(0, close == std::string_view::npos ? close : close + 1));
    if (!parse_ip(host.address)) return;
    scan_.heading(i);
    scan_.begin_host(i, host.address, host.name);
    at = line.find(kPorts);
    if (at != std::string_view::npos) read_port_list(i, line.substr(at + kPorts.size()));
  }

  void read_port_list(std::size_t i, std::string_view text) {
    constexpr std::string_view kIgnored = "Ignored State: ";
    const std::size_t ignored = text.find(kIgnored);
    if (ignored != std::string_view::npos) {
      const std::string_view state = text.substr(ignored + kIgnored.size());
      scan_.not_listed(i, trim(state.substr(0, state.find('\t'))));
    }
    text = text.substr(0, text.find('\t'));
    std::size_t done = 0;
    // A version may have a comma too; an entry begins with its port and a slash.
    for (const std::string_view part : split(text.substr(0, ignored), ',')) {
      const std::vector<std::string_view> fields = split(trim(part), '/');
      if (fields.size() < 3 || !number<std::uint32_t>(fields[0])) continue;
      scan_.add(
          i, {fields[0], fields[2], fields[1], fields.size() > 4 ? fields[4] : std::string_view()});
      ++done;
    }
    if (done == 0) reading_.unread(i, "the list of ports has none that can be read");
  }

  /// "open tcp 80 10.0.0.3 1700000000"
  void read_masscan(std::size_t i, std::string_view line) {
    Words words(line);
    ScannedPort port;
    port.state = words.take();
    if (port.state != "open" && port.state != "closed") return;
    port.protocol = words.take();
    port.port = words.take();
    const std::string_view address = words.take();
    if (!number<std::uint16_t>(port.port) || !parse_ip(address) ||
        !number<std::uint64_t>(words.take()))
      return;
    scan_.begin_host(i, address, {});
    scan_.add(i, port);
  }

  Reading& reading_;
  OutsideScan scan_;
  bool scans_ = false;   ///< "Starting Nmap" was read
  bool report_ = false;  ///< lines belong to a report
  bool hops_ = false;    ///< numbered lines are those of a route
};

}  // namespace

void read_nmap(Reading& reading) { NmapReader(reading).run(); }

}  // namespace deadlight::evidence
