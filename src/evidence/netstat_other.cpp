#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/netstat_unix_row.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

/// The first line of a listing without ports, and what it is.
struct Heading {
  std::string_view start;
  std::string_view reason;
};
constexpr std::string_view kRoutes =
    "a routing table (netstat -r): no ports in it; run netstat -ano, or -tulpn on Linux";
constexpr std::string_view kStatistics =
    "statistics (netstat -s): no ports in them; run netstat -ano, or -tulpn on Linux";
constexpr std::string_view kAdapters =
    "a table of network adapters (netstat -i or -e): no ports in it; run netstat -ano, or -tulpn "
    "on "
    "Linux";
constexpr std::string_view kGroups =
    "multicast groups (netstat -g): no ports in them; run netstat -ano, or -tulpn on Linux";
constexpr std::string_view kSummary = "a summary (ss -s): no ports in it; run ss -tulpn";
constexpr std::string_view kSolaris =
    "a listing of Solaris' netstat, which is not read; give that of lsof -nPi";

constexpr std::array<Heading, 34> kHeadings = {{
    {"Kernel IP routing", kRoutes},
    {"Kernel IPv6 routing", kRoutes},
    {"Kernel-IP-Rout", kRoutes},
    {"Kernel-IPv6-Rout", kRoutes},
    {"Table de routage IP", kRoutes},
    {"Tabela de Roteamento IP", kRoutes},
    {"Routing tables", kRoutes},
    {"Routing table:", kRoutes},
    {"Route Table", kRoutes},
    {"IPv4 Route Table", kRoutes},
    {"IPv6 Route Table", kRoutes},
    {"IPv4-Routentabelle", kRoutes},
    {"IPv6-Routentabelle", kRoutes},
    {"Active Routes:", kRoutes},
    {"Interface List", kRoutes},
    {"Schnittstellenliste", kRoutes},
    {"Destination     Gateway", kRoutes},
    {"IPv4 Statistics", kStatistics},
    {"IPv6 Statistics", kStatistics},
    {"ICMPv4 Statistics", kStatistics},
    {"ICMPv6 Statistics", kStatistics},
    {"IP Statistics", kStatistics},
    {"TCP Statistics", kStatistics},
    {"UDP Statistics", kStatistics},
    {"IPv4-Statistik", kStatistics},
    {"Ip:", kStatistics},
    {"Tcp:", kStatistics},
    {"Udp:", kStatistics},
    {"Interface Statistics", kAdapters},
    {"Kernel Interface table", kAdapters},
    {"Kernel-Schnittstellentabelle", kAdapters},
    {"Iface ", kAdapters},
    {"IPv6/IPv4 Group Memberships", kGroups},
    {"TCP: IPv4", kSolaris},
}};

std::string_view reason_of(std::string_view line, std::string_view next) {
  // Most lines differ in their first letter from all of these.
  constexpr std::string_view kFirst = "KTRIADSiUT";
  if (line.size() < 5 || kFirst.find(line[0]) == std::string_view::npos) {
    return line.starts_with("Ip:") ? kStatistics : std::string_view();
  }
  const bool row = line.starts_with("TCP ") || line.starts_with("UDP ");
  if (row && line[4] != 'S') return {};
  if (line.starts_with("Total: ") && after_blanks(next).starts_with("TCP:")) return kSummary;
  // "Ip:" alone on its line, and under it indented counts.
  const auto* found = std::find_if(kHeadings.begin(), kHeadings.end(), [&](const Heading& heading) {
    if (!line.starts_with(heading.start)) return false;
    return heading.start.back() != ':' || trim(line).size() == heading.start.size();
  });
  return found == kHeadings.end() ? std::string_view() : found->reason;
}

/// A line that belongs to another listing, or to no listing at all.
bool is_over(std::string_view line) {
  constexpr std::array<std::string_view, 8> kOthers = {
      "Active Internet", "Active Connections", "Aktive ", "Proto", "Netid", "State ",
      "COMMAND",         "Image Name"};
  if (starts_netstat_row(line) || cut_netstat_unix_row(line)) return true;
  return std::any_of(kOthers.begin(), kOthers.end(),
                     [&](std::string_view other) { return line.starts_with(other); });
}

/// What such listings consist of: columns, "key = value", "Word:", rulers.
bool belongs(std::string_view raw, std::string_view line) {
  const bool indented = raw.size() > line.size();
  const bool digit = line.find_first_of("0123456789=*") != std::string_view::npos;
  const bool columns = line.find("  ") != std::string_view::npos;
  return indented || digit || columns || line.back() == ':' || line.ends_with("Statistics") ||
         line.ends_with("None") || line.find("Route") != std::string_view::npos ||
         line.find("ist") != std::string_view::npos;
}

}  // namespace

void read_netstat_other(Reading& reading) {
  std::string_view said;
  std::size_t end = 0;
  for (std::size_t i = reading.next_free(0); i < reading.line_count();
       i = reading.next_free(i + 1)) {
    const std::string_view line = after_blanks(reading.line(i));
    if (line.empty()) continue;
    const std::string_view next =
        i + 1 < reading.line_count() ? reading.line(i + 1) : std::string_view();
    const std::string_view reason = reason_of(line, next);
    if (reason.empty()) continue;
    // One command prints several of these one after the other.
    if (reason == said && i == end) {
      reading.take(i, Mark::heading);
    } else {
      reading.unread(i, std::string(reason));
    }
    said = reason;
    end = i + 1;
    std::size_t blanks = 0;
    for (; end < reading.line_count() && reading.is_free(end); ++end) {
      const std::string_view raw = reading.line(end);
      const std::string_view text = trim(raw);
      if (text.empty()) {
        if (++blanks > 2) break;
        continue;
      }
      if (is_over(text) || !belongs(raw, text)) break;
      const std::string_view other = reason_of(text, {});
      if (!other.empty() && other != reason) break;
      blanks = 0;
      reading.take(end, Mark::heading);
    }
    i = end - 1;
  }
}

}  // namespace deadlight::evidence
