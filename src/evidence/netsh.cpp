#include "evidence/netsh.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kRulerBytesMin = 8;

bool is_ruler(std::string_view line) {
  line = trim(line);
  return line.size() >= kRulerBytesMin && line.find_first_not_of("- ") == std::string_view::npos;
}

/// "Start Port      : 49152": the number behind the colon.
std::optional<std::uint32_t> number_of(const Reading& reading, std::size_t index) {
  if (index >= reading.line_count() || !reading.is_free(index)) return std::nullopt;
  const std::optional<KeyValue> field = key_value(reading.line(index));
  return field ? number<std::uint32_t>(field->value) : std::nullopt;
}

void add_setting(Reading& reading, std::size_t index, std::string key,
                 std::pair<std::string_view, std::string> value) {
  Setting setting;
  setting.key = std::move(key);
  setting.name = value.first;
  setting.data = std::move(value.second);
  setting.sources = reading.source(index);
  reading.add(std::move(setting));
  reading.take(index, Mark::row);
}

/// "tcp" or "udp", if one of them stands in the text.
std::string_view protocol_in(std::string_view text) {
  for (const std::string_view protocol : {"tcp", "udp"}) {
    if (icontains(text, protocol)) return protocol;
  }
  return {};
}

/// "Start Port : 49152" and "Number of Ports : 16384", in this order in all languages.
std::size_t read_dynamic_ports(Reading& reading, std::size_t ruler, std::string_view protocol) {
  const auto start = number_of(reading, ruler + 1);
  const auto count = number_of(reading, ruler + 2);
  constexpr std::uint32_t kPorts = 65536;
  if (!start || !count || *start >= kPorts || *count > kPorts - *start) return ruler;
  const std::string key = fmt::format("netsh/dynamicport/{}", protocol);
  add_setting(reading, ruler + 1, key, {"start", std::to_string(*start)});
  add_setting(reading, ruler + 2, key, {"count", std::to_string(*count)});
  return ruler + 3;
}

/// "     50000       50059     *": from and to, and a star if an administrator set it.
std::size_t read_excluded_ports(Reading& reading, std::size_t ruler, std::string_view protocol) {
  std::size_t i = ruler + 1;
  for (; i < reading.line_count() && reading.is_free(i); ++i) {
    const std::vector<std::string_view> parts = words(reading.line(i));
    if (parts.size() < 2 || parts.size() > 3) break;
    const auto first = number<std::uint16_t>(parts[0]);
    const auto last = number<std::uint16_t>(parts[1]);
    if (!first || !last || *first > *last) break;
    add_setting(
        reading, i, fmt::format("netsh/excludedportrange/{}", protocol),
        {fmt::format("{}-{}", *first, *last), parts.size() == 3 ? "administered" : "reserved"});
  }
  return i;
}

}  // namespace

bool is_blank_line(std::string_view line) { return indent_of(line) == line.size(); }

void take_netsh_heading(Reading& reading, std::size_t index) {
  reading.take(index, Mark::heading);
  reading.found("netsh");
}

std::size_t netsh_heading(const Reading& reading, std::size_t ruler) {
  for (std::size_t i = ruler; i > 0 && ruler - i < 2; --i) {
    if (!reading.is_free(i - 1)) break;
    if (!is_blank_line(reading.line(i - 1))) return i - 1;
  }
  return ruler;
}

std::size_t read_netsh_ports(Reading& reading, std::size_t ruler) {
  const std::size_t heading = netsh_heading(reading, ruler);
  if (heading == ruler) return ruler;
  std::size_t title = heading;
  std::string_view protocol = protocol_in(reading.line(heading));
  std::size_t next = ruler;
  if (!protocol.empty()) {
    next = read_dynamic_ports(reading, ruler, protocol);
  } else {
    // "Protocol tcp Port Exclusion Ranges", a blank line, the names of the columns.
    title = netsh_heading(reading, heading);
    if (title == heading || words(reading.line(ruler)).size() != 2) return ruler;
    protocol = protocol_in(reading.line(title));
    if (protocol.empty()) return ruler;
    next = read_excluded_ports(reading, ruler, protocol);
  }
  if (next == ruler) return ruler;
  for (const std::size_t line : {title, heading, ruler}) take_netsh_heading(reading, line);
  return next;
}

void read_netsh(Reading& reading) {
  constexpr std::array kListings = {read_netsh_servicestate, read_netsh_urlacl, read_netsh_rule,
                                    read_netsh_portopening, read_netsh_ports};
  for (std::size_t i = reading.next_free(0); i < reading.line_count();) {
    const std::string_view line = reading.line(i);
    std::size_t next = i;
    if (const std::size_t first = indent_of(line);
        first < line.size() && line[first] == '-' && is_ruler(line)) {
      for (const auto read : kListings) {
        next = read(reading, i);
        if (next > i) break;
      }
    } else if (first < line.size() && line[first] == 'R') {
      next = read_netsh_urlacl_rows(reading, i);
      if (next > i) reading.found("netsh");
    }
    i = reading.next_free(std::max(next, i + 1));
  }
}

}  // namespace deadlight::evidence
