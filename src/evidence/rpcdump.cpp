#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/limits.h"
#include "evidence/readers.h"
#include "evidence/rpc_binding.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "rpcdump";
constexpr std::size_t kLinesAboveMax = 3;  // of an entry before its interface is named

// Text around the entries, of whichever tool.
constexpr std::array<std::string_view, 16> kHeadings = {"Querying Endpoint Mapper Database",
                                                        "Server's response:",
                                                        "Total endpoints found:",
                                                        "==== End of RPC Endpoint Mapper query",
                                                        "[*] Retrieving endpoint list from",
                                                        "[*] Received ",
                                                        "Retrieving endpoint list from",
                                                        "[*] Retrieving RPC endpoint",
                                                        "rpcdump completed",
                                                        "| msrpc-enum:",
                                                        "RpcMgmtInq",
                                                        "RpcMgmtEpEltInq",
                                                        "The following DCERPC services",
                                                        "Using ephemeral source port",
                                                        "DCE-RPC tester",
                                                        "TcpConnected"};

// Keys of an entry that say nothing of its interface or endpoint, or what is known from elsewhere.
constexpr std::array<std::string_view, 16> kOtherKeys = {
    "Object UUID",  "Description",     "Windows process", "Type",
    "Netbios name", "Protocol",        "Provider",        "Bindings",
    "NetOpt",       "IsListening",     "Entrynum",        "exe",
    "netbios",      "ComTimeOutValue", "Endpoint",        "Executable on NT"};

/// The sequence that a key of Nessus, Nmap or Metasploit stands for; empty for other keys.
std::string_view sequence_of(std::string_view key) {
  struct Row {
    std::string_view key;
    std::string_view sequence;
  };
  constexpr std::array<Row, 14> kRows = {{{"TCP Port", "ncacn_ip_tcp"},
                                          {"tcp_port", "ncacn_ip_tcp"},
                                          {"TCP", "ncacn_ip_tcp"},
                                          {"UDP Port", "ncadg_ip_udp"},
                                          {"udp_port", "ncadg_ip_udp"},
                                          {"UDP", "ncadg_ip_udp"},
                                          {"Named pipe", "ncacn_np"},
                                          {"ncacn_np", "ncacn_np"},
                                          {"PIPE", "ncacn_np"},
                                          {"Local RPC service", "ncalrpc"},
                                          {"ncalrpc", "ncalrpc"},
                                          {"LRPC", "ncalrpc"},
                                          {"ncacn_http", "ncacn_http"},
                                          {"HTTP", "ncacn_http"}}};
  for (const Row& row : kRows) {
    if (row.key == key) return row.sequence;
  }
  return {};
}

bool is_other_key(std::string_view key) {
  return std::any_of(kOtherKeys.begin(), kOtherKeys.end(),
                     [&](std::string_view other) { return iequals(other, key); });
}

/// A line of an entry without the bars that Nmap puts before it.
std::string_view content(std::string_view line) {
  line.remove_prefix(indent_of(line));
  if (line.starts_with('|')) {
    line.remove_prefix(std::min(line.find_first_not_of("|_ \t"), line.size()));
  }
  return trim(line);
}

/// "Key: value" or "key=value"; the first sign counts.
std::optional<KeyValue> field_of(std::string_view text) {
  const std::size_t at = text.find_first_of(":=");
  return at == std::string_view::npos ? std::nullopt : key_value(text, text[at]);
}

/// The first three bytes of a line as one number: a set of numbers is searched in no time.
constexpr std::uint32_t start_of(std::string_view text) {
  std::uint32_t start = 0;
  for (const char c : text.substr(0, 3)) start = start << 8 | static_cast<unsigned char>(c);
  return start;
}
constexpr std::array kStarts = {start_of("UUI"), start_of("Usi"), start_of("uui"), start_of("IfI"),
                                start_of("Pro"), start_of("Ser"), start_of("Que"), start_of("Tot"),
                                start_of("The"), start_of("Tcp"), start_of("==="), start_of("Rpc"),
                                start_of("Ret"), start_of("Rec"), start_of("[*]"), start_of("[+]"),
                                start_of("nca"), start_of("rpc"), start_of("DCE"), start_of("| m")};

/// True if a line may begin an entry, or stand around some; spares all others the work.
bool may_be_rpc(std::string_view line) {
  constexpr std::size_t kBytesMin = 5;
  const std::size_t first = indent_of(line);
  if (line.size() < first + kBytesMin) return false;
  const char c = line[first];
  if (is_digit(c)) {
    // "10.0.0.1:135 - UUID …", "31 registered endpoints found."
    const std::size_t blank = line.find(' ', first);
    return blank != std::string_view::npos &&
           (line.substr(blank).starts_with(" - ") || line.substr(blank).starts_with(" reg"));
  }
  return std::find(kStarts.begin(), kStarts.end(), start_of(line.substr(first))) != kStarts.end();
}

class RpcReader {
 public:
  explicit RpcReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view whole = reading_.line(i);
      if (is_open() || may_be_rpc(whole)) read_line(i, content(whole));
    }
    flush();
  }

 private:
  bool is_open() const {
    return has_interface_ || record_ || is_nmap_ || lists_interfaces_ || is_lost_ ||
           !sequence_.empty();
  }

  void read_line(std::size_t index, std::string_view text) {
    if (text.empty()) {
      gap_ = true;
      return;
    }
    // Blank lines between the endpoints of one interface are of the page, not of the tool.
    if (gap_ && (is_nmap_ || (!pending_.empty() && !starts_rpc_binding(text)))) flush();
    is_lost_ = is_lost_ && !gap_;
    gap_ = false;
    const std::string_view line = trim(reading_.line(index));
    if (is_heading(line)) {
      flush();
      is_nmap_ = line.front() == '|';
      lists_interfaces_ = line.starts_with("RpcMgmtInqIfIds");
      return take(index, Mark::heading);
    }
    is_nmap_ = is_nmap_ && line.front() == '|';
    if (is_nmap_ && !record_) begin_record(index);
    if (starts_rpc_binding(text) && read_binding(index, text)) return;
    if (read_metasploit(index, text)) return;
    if (const std::optional<KeyValue> field = field_of(text)) {
      if (read_field(index, *field)) return;
    }
    if (read_resource_kit(index, text)) return;
    // What `rpcdump -v` adds: interfaces of the same process, which the map does not list there.
    if (lists_interfaces_ && (starts_uuid(text) || text.starts_with("Interfaces:"))) {
      return take(index, Mark::heading);
    }
    lists_interfaces_ = false;
    // Text of another kind: the entry is over, and so is the listing.
    flush();
    sequence_.clear();
  }

  static bool is_heading(std::string_view line) {
    return std::any_of(kHeadings.begin(), kHeadings.end(),
                       [&](std::string_view heading) { return line.starts_with(heading); }) ||
           line.ends_with("registered endpoints found.") ||
           (line.starts_with("Received ") && line.ends_with(" endpoints."));
  }

  void take(std::size_t index, Mark mark) {
    reading_.take(index, mark);
    reading_.found(kKind);
  }

  // --- entries of several lines --------------------------------------------------------------

  bool read_field(std::size_t index, const KeyValue& field) {
    if (iequals(field.key, "IfId")) return begin(index, field.value, true);
    if (iequals(field.key, "UUID")) {
      // Below "IfId" it is that of an object.
      if (has_interface_ && has_if_id_ && pending_.empty()) return take(index, Mark::row), true;
      if (is_lost_) return take(index, Mark::row), true;
      if (record_) return finish_record(index, field.value);
      return begin(index, field.value, false);
    }
    if (iequals(field.key, "ProtSeq")) return begin_record(index);
    if (iequals(field.key, "StringBinding") && record_) return read_binding(index, field.value);
    if (is_lost_) {
      reading_.unread(index, "the interface id that this line belongs to is damaged");
      return true;
    }
    if (!has_interface_ && !record_) return false;
    if (iequals(field.key, "Annotation")) {
      annotate(field.value);
      return take(index, Mark::row), true;
    }
    if (starts_rpc_binding(field.value)) return read_binding(index, field.value);
    if (const std::string_view sequence = sequence_of(field.key); !sequence.empty()) {
      return read_endpoint(index, sequence, field.value);
    }
    if (iequals(field.key, "IP") || iequals(field.key, "ip_addr")) {
      for (RpcEndpoint& endpoint : pending_) endpoint.address = field.value;
      address_ = field.value;
      return take(index, Mark::row), true;
    }
    return read_other_key(index, field);
  }

  bool read_other_key(std::size_t index, const KeyValue& field) {
    if (!is_other_key(field.key)) return false;
    // These lead the next entry.
    if (iequals(field.key, "Protocol") || iequals(field.key, "Object UUID") ||
        iequals(field.key, "Entrynum")) {
      flush();
    }
    take(index, Mark::row);
    return true;
  }

  bool begin(std::size_t index, std::string_view text, bool is_if_id) {
    const std::optional<RpcInterface> found = parse_rpc_interface(text);
    if (!found) {
      if (!is_if_id) return false;
      flush();
      reading_.unread(index, fmt::format("'{}' is no interface id", shown(text)));
      reading_.found(kKind);
      is_lost_ = true;
      return true;
    }
    std::string annotation = std::move(annotation_);
    flush();
    is_lost_ = false;
    interface_ = *found;
    if (interface_.annotation.empty()) interface_.annotation = std::move(annotation);
    has_interface_ = true;
    has_if_id_ = is_if_id;
    sources_ = reading_.source(index);
    take(index, Mark::row);
    take_lines_above(index);
    return true;
  }

  /// "Protocol: [MS-RSP]: Remote Shutdown Protocol", "Provider: wininit.exe", "annotation=…"
  void take_lines_above(std::size_t index) {
    for (std::size_t i = index; i > 0 && index - i < kLinesAboveMax; --i) {
      if (!reading_.is_free(i - 1)) continue;
      const std::optional<KeyValue> field = field_of(content(reading_.line(i - 1)));
      if (!field) return;
      const bool annotation = iequals(field->key, "annotation");
      if (!annotation && !is_other_key(field->key)) return;
      if (annotation && interface_.annotation.empty()) interface_.annotation = field->value;
      take(i - 1, Mark::row);
    }
  }

  void annotate(std::string_view text) {
    if (!interface_.annotation.empty()) return;
    interface_.annotation = text.substr(0, kCellBytesMax);
    for (RpcEndpoint& endpoint : pending_) endpoint.annotation = interface_.annotation;
  }

  bool read_binding(std::size_t index, std::string_view text) {
    std::optional<RpcEndpoint> endpoint = parse_rpc_binding(text);
    if (!endpoint) {
      // "ncalrpc: dhcpcsvc" of Nmap
      const std::optional<KeyValue> field = key_value(text);
      if (field && (has_interface_ || record_) && !sequence_of(field->key).empty() &&
          field->value.find('[') == std::string_view::npos) {
        return read_endpoint(index, field->key, field->value);
      }
      if (!has_interface_ && !record_) return false;
      reading_.unread(index, "an RPC binding without its endpoint in brackets");
      return true;
    }
    if (!has_interface_ && !record_) {
      if (reading_.kinds().empty()) return false;
      reading_.unread(index, "the interface id that this RPC binding belongs to is missing");
      return true;
    }
    add_pending(index, std::move(*endpoint));
    return true;
  }

  bool read_endpoint(std::size_t index, std::string_view sequence, std::string_view value) {
    RpcEndpoint endpoint;
    endpoint.sequence = sequence;
    endpoint.endpoint = value;
    endpoint.address = address_;
    if (is_port_sequence(sequence) && !number<std::uint16_t>(value)) {
      reading_.unread(index, fmt::format("'{}' is no port", shown(value)));
      return true;
    }
    add_pending(index, std::move(endpoint));
    return true;
  }

  void add_pending(std::size_t index, RpcEndpoint&& endpoint) {
    if (ended_) {
      flush();
      record_ = true;
    }
    endpoint.interface_id = interface_.id;
    endpoint.version = interface_.version;
    endpoint.annotation = interface_.annotation.substr(0, kCellBytesMax);
    endpoint.sources = sources_;
    endpoint.sources.append(reading_.source(index));
    pending_.push_back(std::move(endpoint));
    take(index, Mark::row);
  }

  void flush() {
    for (RpcEndpoint& endpoint : pending_) {
      if (!endpoint.interface_id.empty()) reading_.add(std::move(endpoint));
    }
    pending_.clear();
    has_interface_ = false;
    has_if_id_ = false;
    record_ = false;
    ended_ = false;
    gap_ = false;
    interface_ = RpcInterface();
    annotation_.clear();
    address_.clear();
    sources_.clear();
  }

  // --- rpcdump of the Resource Kit -----------------------------------------------------------

  /// With /v: the interface comes last.
  bool begin_record(std::size_t index) {
    flush();
    record_ = true;
    sources_ = reading_.source(index);
    take(index, Mark::row);
    return true;
  }

  bool finish_record(std::size_t index, std::string_view text) {
    const std::optional<RpcInterface> found = parse_rpc_interface(text);
    if (!found) return false;
    if (!interface_.id.empty()) {
      reading_.unread(index, "a second interface in one record of rpcdump");
      return true;
    }
    for (RpcEndpoint& endpoint : pending_) {
      endpoint.interface_id = found->id;
      endpoint.sources.append(reading_.source(index));
    }
    ended_ = !pending_.empty();
    interface_.id = found->id;
    sources_.append(reading_.source(index));
    take(index, Mark::row);
    return true;
  }

  /// "ncacn_ip_tcp(Connection-oriented TCP/IP)" above lines such as
  /// "  10.0.0.1[1025] [1ff70682-0a51-30e8-076d-740be8cee98b] annotation :YES"
  bool read_resource_kit(std::size_t index, std::string_view text) {
    if (record_ && text.starts_with("VersMajor")) return read_version(index, text);
    const std::size_t bracket = text.find('(');
    if (starts_rpc_binding(text) && bracket != std::string_view::npos) {
      flush();
      sequence_ = trim(text.substr(0, bracket));
      take(index, Mark::heading);
      return true;
    }
    const std::size_t uuid = text.find("] [");
    if (uuid == std::string_view::npos || sequence_.empty()) return false;
    const std::optional<RpcInterface> found = parse_rpc_interface(text.substr(uuid + 3));
    std::optional<RpcEndpoint> endpoint =
        parse_rpc_binding(sequence_ + ':' + std::string(text.substr(0, uuid + 1)));
    if (!found || !endpoint) return false;
    flush();
    std::string_view rest = text.substr(uuid + 3 + kUuidBytes);
    rest.remove_prefix(std::min(rest.find_first_not_of("] \t"), rest.size()));
    interface_.id = found->id;
    interface_.annotation = trim(rest.substr(0, rest.rfind(':')));
    add_pending(index, std::move(*endpoint));
    flush();
    return true;
  }

  /// "VersMajor 1  VersMinor 0"
  bool read_version(std::size_t index, std::string_view text) {
    const std::vector<std::string_view> parts = words(text);
    take(index, Mark::row);
    if (parts.size() == 4 && number<std::uint16_t>(parts[1]) && number<std::uint16_t>(parts[3])) {
      for (RpcEndpoint& endpoint : pending_) {
        endpoint.version = fmt::format("{}.{}", parts[1], parts[3]);
      }
    }
    flush();
    return true;
  }

  // --- Metasploit's endpoint_mapper ----------------------------------------------------------

  /// "[*] 10.0.0.1:135 - UUID v1.0 TCP (1025) 10.0.0.1 [annotation]"
  bool read_metasploit(std::size_t index, std::string_view text) {
    const std::size_t dash = text.find(" - ");
    if (dash == std::string_view::npos) return false;
    const std::optional<RpcInterface> found = parse_rpc_interface(trim(text.substr(dash + 3)));
    if (!found) return false;
    const std::string_view rest = found->annotation;
    const std::size_t open = rest.find(" (");
    const std::size_t close = rest.find(')', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return false;
    const std::string_view sequence = sequence_of(rest.substr(0, open));
    if (sequence.empty()) return false;
    flush();
    interface_ = *found;
    const std::string_view tail = trim(rest.substr(close + 1));
    const std::size_t note = tail.find('[');
    address_ = trim(tail.substr(0, note));
    interface_.annotation.clear();
    if (note != std::string_view::npos && tail.ends_with(']')) {
      annotation_ = tail.substr(note + 1, tail.size() - note - 2);
    }
    interface_.annotation = annotation_;
    read_endpoint(index, sequence, rest.substr(open + 2, close - open - 2));
    flush();
    return true;
  }

  Reading& reading_;
  RpcInterface interface_;
  bool has_interface_ = false;
  bool has_if_id_ = false;         ///< named by "IfId", so that "UUID" is that of an object
  bool record_ = false;            ///< an entry of Nmap or rpcdump /v: its interface may come last
  bool lists_interfaces_ = false;  ///< below "RpcMgmtInqIfIds"
  bool is_nmap_ = false;           ///< below the heading of its script
  bool is_lost_ = false;           ///< below an interface id that is damaged
  bool gap_ = false;               ///< the line before was blank
  std::string annotation_;
  bool ended_ = false;  ///< the interface came behind the bindings: what follows is another record
  std::string address_;
  std::string sequence_;  ///< of the entries below, in rpcdump without /v
  Sources sources_;
  std::vector<RpcEndpoint> pending_;  ///< of the interface; annotation and address may follow
};

}  // namespace

void read_rpcdump(Reading& reading) { RpcReader(reading).run(); }

}  // namespace deadlight::evidence
