#include "evidence/powershell_facts.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "evidence/netstat_row.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kNoProtocol =
    "nothing says whether this is TCP or UDP; give the State column too, or the command line above "
    "the table";
constexpr std::string_view kNoState =
    "nothing says whether this port listens; give the State column too, or the command line above "
    "the table";

bool ends_with_exe(std::string_view name) {
  return name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe");
}

/// "System.Diagnostics.Process (svchost)" is what a whole process object prints as.
std::string_view plain_name(std::string_view name) {
  constexpr std::string_view kObject = "System.Diagnostics.Process (";
  if (name.starts_with(kObject) && name.ends_with(')')) {
    return name.substr(kObject.size(), name.size() - kObject.size() - 1);
  }
  return name;
}

/// The file's name if it is the program that `name` means, which lacks ".exe"; else `name`.
std::string image_of(std::string_view name, std::string_view path) {
  const std::string_view file = path.substr(path.find_last_of("\\/") + 1);
  const bool same = ends_with_exe(file) && iequals(file.substr(0, file.size() - 4), name);
  return std::string(same || name.empty() ? file : name);
}

/// Names of a list as it is printed: "{RpcSs, nsi}", "Dhcp, EventLog", "Dhcp;EventLog".
std::vector<std::string_view> list_of(std::string_view cell) {
  cell = trim(cell);
  if (cell.starts_with('{')) cell.remove_prefix(1);
  if (cell.ends_with('}')) cell.remove_suffix(1);
  std::vector<std::string_view> names;
  for (const std::string_view part :
       split(cell, cell.find(';') == std::string_view::npos ? ',' : ';')) {
    if (!trim(part).empty()) names.push_back(trim(part));
  }
  return names;
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view unbracketed(std::string_view address) {
  if (address.starts_with('[') && address.ends_with(']'))
    return address.substr(1, address.size() - 2);
  return address;
}

bool is_address(std::string_view cell) {
  if (parse_ip(unbracketed(cell))) return true;
  // A name, or an address that somebody masked: one word.
  return !cell.empty() && !is_cut(cell) &&
         cell.find_first_of(" \t,;(){}\"'") == std::string_view::npos;
}

std::optional<Protocol> protocol_of(const PsRecord& record, const PsHint& hint) {
  const std::string_view named = record[PsField::protocol];
  if (named == "6") return Protocol::tcp;
  if (named == "17") return Protocol::udp;
  if (!named.empty()) return netstat_protocol(named);
  const std::string_view made_of = record[PsField::class_name];
  if (icontains(made_of, "NetTCPConnection")) return Protocol::tcp;
  if (icontains(made_of, "NetUDPEndpoint")) return Protocol::udp;
  const std::string_view remote = record[PsField::remote_address];
  if (!record[PsField::state].empty()) return Protocol::tcp;
  if (record.has[static_cast<std::size_t>(PsField::state)] &&
      record.has[static_cast<std::size_t>(PsField::remote_address)] && remote.empty()) {
    return Protocol::udp;  // a connection has both
  }
  if (remote.starts_with('*')) return Protocol::udp;
  if (!remote.empty()) return Protocol::tcp;
  if (hint.tcp == hint.udp) return std::nullopt;
  return hint.tcp ? Protocol::tcp : Protocol::udp;
}

/// State and far end of a connection. A reason if they cannot be told.
std::string read_tcp(const PsRecord& record, const PsHint& hint, Endpoint& endpoint) {
  const std::string_view state = record[PsField::state];
  const std::string_view address = record[PsField::remote_address];
  const std::string_view port = record[PsField::remote_port];
  const auto far_port = number<std::uint16_t>(port);
  if (!port.empty() && !far_port) return fmt::format("'{}' is no port", shown(port));
  if (!state.empty()) {
    const auto known = ps_tcp_state(state);
    if (!known) return fmt::format("'{}' is no state of a connection", shown(state));
    endpoint.state = *known;
  } else if (far_port.value_or(0) != 0) {
    endpoint.state = State::connected;
  } else if (hint.listening) {
    endpoint.state = State::listening;
  } else {
    return std::string(kNoState);
  }
  const bool has_far_end = endpoint.state != State::listening && endpoint.state != State::bound &&
                           endpoint.state != State::closed;
  if (has_far_end && port.empty()) return "the remote port is missing";
  if (endpoint.state == State::listening || far_port.value_or(0) == 0) return {};
  if (!is_address(address)) return fmt::format("'{}' is no address", shown(address));
  endpoint.remote = make_address(address);
  endpoint.remote_port = *far_port;
  return {};
}

bool has(const PsRecord& record, PsField field) {
  return record.has[static_cast<std::size_t>(field)];
}

bool has_any(const PsRecord& record, std::initializer_list<PsField> fields) {
  for (const PsField field : fields) {
    if (has(record, field)) return true;
  }
  return false;
}

bool is_service(const PsRecord& record, const PsHint& hint) {
  const bool named = has_any(record, {PsField::name, PsField::service_names});
  const bool state = has_any(record, {PsField::state, PsField::status});
  if (!named || has_any(record, {PsField::process_mark, PsField::process_name})) return false;
  if (has_any(record, {PsField::start, PsField::start_command})) return true;
  return state && (hint.service || has_any(record, {PsField::service_mark, PsField::display_name,
                                                    PsField::owner_id}));
}

bool is_process(const PsRecord& record, const PsHint& hint) {
  const bool id = has_any(record, {PsField::id, PsField::owner_id});
  if (id && has(record, PsField::process_name)) return true;
  if (!id || !has(record, PsField::name)) return false;
  return has(record, PsField::owner_id) || hint.process ||
         has_any(record, {PsField::process_mark, PsField::path, PsField::command_line});
}

}  // namespace

PsKind PsFacts::kind(const PsRecord& record, const PsHint& hint) {
  if (has(record, PsField::foreign)) return PsKind::none;
  if (has(record, PsField::local_port)) {
    const bool placed = has(record, PsField::local_address);
    const bool owned = has_any(record, {PsField::owner_id, PsField::process_name});
    return placed || owned ? PsKind::endpoint : PsKind::none;
  }
  const std::string_view made_of = record[PsField::class_name];
  if (icontains(made_of, "Win32_Service")) return PsKind::service;
  if (icontains(made_of, "Win32_Process")) return PsKind::process;
  if (is_service(record, hint)) return PsKind::service;
  return is_process(record, hint) ? PsKind::process : PsKind::none;
}

bool PsFacts::add(PsKind kind, const PsRecord& record, const PsHint& hint) {
  if (!is_of_this_host(record)) return false;
  switch (kind) {
    case PsKind::endpoint:
      return add_endpoint(record, hint);
    case PsKind::process: {
      const std::string_view name = record[PsField::name];
      const bool sure = hint.process || !has(record, PsField::name) ||
                        icontains(record[PsField::class_name], "Process") ||
                        has_any(record, {PsField::process_name, PsField::process_mark,
                                         PsField::command_line, PsField::path});
      if (sure || ends_with_exe(name) || record[PsField::owner_id].size() == 1) {
        return add_process(record);
      }
      return refuse(record, fmt::format("'{}' may be a process or a service; give the command line "
                                        "above the table",
                                        shown(name)));
    }
    case PsKind::service:
      return add_service(record);
    case PsKind::none:
      break;
  }
  return false;
}

/// One snapshot is of one host. The name that a session was given and the host's own name may
/// differ, so each is compared with its like only.
bool PsFacts::is_of_this_host(const PsRecord& record) {
  const std::array<std::pair<std::string*, std::string_view>, 2> names = {
      {{&system_name_, record[PsField::system_name]},
       {&computer_name_, record[PsField::computer_name]}}};
  for (const auto& [known, name] : names) {
    if (name.empty() || name == "." || is_cut(name)) continue;
    if (known->empty()) {
      *known = name;
    } else if (!iequals(*known, name)) {
      return refuse(record,
                    fmt::format("another host: {}; put it into a file of its own", shown(name)));
    }
  }
  if (reading_->snapshot.host.name.empty()) reading_->snapshot.host.name = system_name_;
  return true;
}

bool PsFacts::add_endpoint(const PsRecord& record, const PsHint& hint) {
  const std::string_view address = record[PsField::local_address];
  const std::string_view port = record[PsField::local_port];
  const bool placed = has(record, PsField::local_address);
  Endpoint endpoint;
  if (placed && address.empty())
    return refuse(record, "the row is not complete: its address is missing");
  if (placed && is_cut(address)) {
    return refuse(record,
                  fmt::format("the address '{}' is cut off; print with Format-Table -AutoSize "
                              "| Out-String -Width 4096",
                              shown(address)));
  }
  if (placed && !is_address(address))
    return refuse(record, fmt::format("'{}' is no address", shown(address)));
  if (port.empty()) return refuse(record, "the row is not complete: its port is missing");
  const auto local_port = number<std::uint16_t>(port);
  if (!local_port || *local_port == 0)
    return refuse(record, fmt::format("'{}' is no port", shown(port)));
  const auto protocol = protocol_of(record, hint);
  if (!protocol && !record[PsField::protocol].empty()) {
    return refuse(record,
                  fmt::format("'{}' is neither TCP nor UDP", shown(record[PsField::protocol])));
  }
  if (!protocol) return refuse(record, std::string(kNoProtocol));
  endpoint.protocol = *protocol;
  endpoint.local = make_address(placed ? address : "*");
  endpoint.port = *local_port;
  endpoint.state = State::bound;
  if (*protocol == Protocol::tcp) {
    std::string reason = read_tcp(record, hint, endpoint);
    if (!reason.empty()) return refuse(record, std::move(reason));
  }
  endpoint.sources = reading_->source(record.line);
  add_owner(record, endpoint);
  reading_->add(std::move(endpoint));
  return true;
}

void PsFacts::add_owner(const PsRecord& record, Endpoint& endpoint) {
  endpoint.pid = process_id(record, record[PsField::owner_id]);
  std::string_view name = plain_name(record[PsField::process_name]);
  if (is_all_digits(name)) {
    complain(record,
             fmt::format("'{}' may be a process id or a name; it is not taken", shown(name)));
    name = {};
  } else if (is_cut(name)) {
    complain(record, fmt::format("the process name '{}' is cut off; it is not taken", shown(name)));
    name = {};
  }
  Process process = process_of(record, name);
  endpoint.process = process.image;
  if (!endpoint.pid) return;
  process.pid = *endpoint.pid;
  const bool says_more = !process.image.empty() || !process.path.empty() ||
                         !process.command_line.empty() || !process.services.empty();
  if (says_more) add_process_once(std::move(process));
}

/// All but the id.
Process PsFacts::process_of(const PsRecord& record, std::string_view name) {
  Process process;
  process.path = whole(record, PsField::path, "path");
  process.image = image_of(name, process.path);
  process.command_line = whole(record, PsField::command_line, "command line");
  for (const std::string_view service : list_of(record[PsField::service_names])) {
    if (service.find(' ') == std::string_view::npos && !is_cut(service)) {
      process.services.emplace_back(service);
    } else {
      complain(record,
               fmt::format("'{}' is no key name of a service; it is not taken", shown(service)));
    }
  }
  process.sources = reading_->source(record.line);
  return process;
}

/// A joined table names the process in each of its sockets' rows; once is enough.
void PsFacts::add_process_once(Process&& process) {
  std::string said = fmt::format("{}\n{}\n{}\n{}", process.image, process.path,
                                 process.command_line, join(process.services, ","));
  std::string& before = processes_[process.pid];
  if (before == said) return;
  before = std::move(said);
  reading_->add(std::move(process));
}

bool PsFacts::add_process(const PsRecord& record) {
  const std::string_view owner = record[PsField::owner_id];
  const std::string_view cell = owner.empty() ? record[PsField::id] : owner;
  const auto pid = number<std::uint32_t>(cell);
  if (!pid) return refuse(record, fmt::format("'{}' is no process id", shown(cell)));
  const std::string_view named = record[PsField::process_name];
  const std::string_view name = plain_name(named.empty() ? record[PsField::name] : named);
  if (name.empty()) return refuse(record, "the row is not complete: the process has no name");
  if (is_cut(name)) {
    return refuse(record,
                  fmt::format("the process name '{}' is cut off; print with Format-Table -AutoSize",
                              shown(name)));
  }
  Process process = process_of(record, name);
  process.pid = *pid;
  add_process_once(std::move(process));
  return true;
}

bool PsFacts::add_service(const PsRecord& record) {
  const std::string_view own = record[PsField::name];
  const std::string_view name = own.empty() ? record[PsField::service_names] : own;
  if (name.empty()) return refuse(record, "the row is not complete: the service has no name");
  // Where tabs replaced wide gaps, what stood one blank further on is in the cell as well.
  if (is_cut(name) || name.find("... ") != std::string_view::npos) {
    return refuse(record,
                  fmt::format("the service name '{}' is cut off; print with Format-Table -AutoSize",
                              shown(name)));
  }
  const bool no_title = has(record, PsField::display_name) && record[PsField::display_name].empty();
  if (no_title && name.find(' ') != std::string_view::npos) {
    return refuse(record, "where the service's name ends cannot be told; keep the blanks");
  }
  Service service;
  service.name = name;
  if (!is_cut(record[PsField::display_name])) service.title = record[PsField::display_name];
  const std::string_view state = record[PsField::state];
  const std::string_view status = state.empty() ? record[PsField::status] : state;
  if (const auto known = ps_service_state(status)) {
    service.state = *known;
  } else if (!status.empty() && !has(record, PsField::state) && !iequals(status, "OK")) {
    return refuse(record, fmt::format("'{}' is no state of a service", shown(status)));
  } else if (!state.empty()) {
    return refuse(record, fmt::format("'{}' is no state of a service", shown(state)));
  }
  const std::string_view start = record[PsField::start];
  if (const auto known = ps_start_type(start)) {
    service.start = *known;
  } else if (!start.empty()) {
    complain(record, fmt::format("'{}' is no start type of a service", shown(start)));
  }
  service.pid = process_id(record, record[PsField::owner_id]);
  if (service.pid == 0U) service.pid.reset();
  service.command = whole(record, PsField::start_command, "path");
  for (const std::string_view other : list_of(record[PsField::depends_on])) {
    if (is_cut(other)) {
      complain(record, "the list of services that this one depends on is cut off");
    } else if (other.find(' ') == std::string_view::npos) {
      service.depends_on.emplace_back(other);
    }
  }
  service.sources = reading_->source(record.line);
  reading_->add(std::move(service));
  return true;
}

std::optional<std::uint32_t> PsFacts::process_id(const PsRecord& record, std::string_view cell) {
  if (cell.empty()) return std::nullopt;
  const auto pid = number<std::uint32_t>(cell);
  if (!pid) complain(record, fmt::format("'{}' is no process id; it is not taken", shown(cell)));
  return pid;
}

/// The cell, unless it is cut off.
std::string_view PsFacts::whole(const PsRecord& record, PsField field, std::string_view what) {
  if (!is_cut(record[field])) return record[field];
  complain(record,
           fmt::format("the {} '{}' is cut off; it is not taken", what, shown(record[field])));
  return {};
}

bool PsFacts::refuse(const PsRecord& record, std::string reason) {
  reading_->unread(record.line, std::move(reason));
  return false;
}

void PsFacts::complain(const PsRecord& record, std::string reason) {
  reading_->complain(record.line, std::move(reason));
}

PsHint PsFacts::hint_above(std::size_t line) const {
  constexpr int kBlanksMax = 3;
  constexpr int kLinesMax = 8;
  PsHint hint;
  int blanks = 0;
  while (line > 0 && trim(reading_->line(line - 1)).empty() && ++blanks <= kBlanksMax) --line;
  for (int i = 0; i < kLinesMax && line > 0; ++i) {
    const Mark mark = reading_->mark(--line);
    if (mark == Mark::row || mark == Mark::unread) break;
    const std::string_view text = trim(reading_->line(line));
    hint.read(text);
    // A command that goes over several lines.
    const std::string_view before = line > 0 ? trim(reading_->line(line - 1)) : std::string_view();
    const bool goes_on = text.starts_with(">>") || before.ends_with('|') || before.ends_with('`');
    if (!goes_on) break;
  }
  return hint;
}

}  // namespace deadlight::evidence
