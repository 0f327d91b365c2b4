#include "evidence/osquery.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "evidence/netstat_state.h"

namespace deadlight::evidence {
namespace {

// Numbers of the protocols and families that have ports; families as Linux, macOS and Windows
// count.
constexpr std::string_view kTcp = "6";
constexpr std::string_view kUdp = "17";
constexpr std::string_view kUnixFamily = "1";

enum class Table { none, sockets, processes, services, units };

std::string_view first_of(const JsonObject& row, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string_view value = row.value(name); !value.empty()) return value;
  }
  return {};
}

/// Osquery names columns in lower case: "LocalPort" is somebody else's.
bool has_column(const JsonObject& row, std::string_view name) {
  return std::any_of(row.members.begin(), row.members.end(),
                     [name](const JsonObject::Member& member) { return member.name == name; });
}

/// A query may ask for some columns only, and join tables; these tell the tables apart.
Table table_of(const JsonObject& row) {
  const bool port = has_column(row, "port") || has_column(row, "local_port");
  if (port && (has_column(row, "protocol") || has_column(row, "family") ||
               has_column(row, "local_address"))) {
    return has_column(row, "pid") || has_column(row, "address") || has_column(row, "local_address")
               ? Table::sockets
               : Table::none;
  }
  if (has_column(row, "id") && has_column(row, "active_state")) return Table::units;
  if (has_column(row, "name") &&
      (has_column(row, "start_type") || has_column(row, "service_type"))) {
    return Table::services;
  }
  const bool process = has_column(row, "pid") && has_column(row, "name") && !port;
  return process && (has_column(row, "path") || has_column(row, "cmdline") ||
                     has_column(row, "parent"))
             ? Table::processes
             : Table::none;
}

std::optional<std::uint32_t> pid_of(const JsonObject& row) {
  return number<std::uint32_t>(row.value("pid"));  // -1: it could not be seen
}

ServiceState unit_state(std::string_view active) {
  if (active == "active") return ServiceState::running;
  if (active == "inactive" || active == "failed") return ServiceState::stopped;
  return active.empty() ? ServiceState::unknown : ServiceState::pending;
}

StartType unit_start(std::string_view enablement) {
  if (istarts_with(enablement, "enabled")) return StartType::automatic;
  if (istarts_with(enablement, "masked")) return StartType::disabled;
  return enablement == "disabled" ? StartType::manual : StartType::unknown;
}

StartType service_start(std::string_view start) {
  if (iequals(start, "AUTO_START")) return StartType::automatic;
  if (iequals(start, "DEMAND_START")) return StartType::manual;
  if (iequals(start, "DISABLED")) return StartType::disabled;
  if (iequals(start, "BOOT_START")) return StartType::boot;
  return iequals(start, "SYSTEM_START") ? StartType::system : StartType::unknown;
}

ServiceState service_state(std::string_view status) {
  if (iequals(status, "RUNNING")) return ServiceState::running;
  if (iequals(status, "STOPPED")) return ServiceState::stopped;
  if (iequals(status, "PAUSED")) return ServiceState::paused;
  return status.ends_with("_PENDING") ? ServiceState::pending : ServiceState::unknown;
}

std::string key_of(const std::string& query, const JsonObject& row) {
  std::string key = query;
  for (const JsonObject::Member& member : row.members) {
    key += fmt::format("\n{}={}", member.name, member.value);
  }
  return key;
}

}  // namespace

bool OsqueryRows::take(const JsonObject& object) {
  if (take_log(object)) return true;
  if (table_of(object) == Table::none) return false;
  add(object);
  return true;
}

/// {"name": query, "hostIdentifier": …, "columns": {row}, "action": "added"}; with "snapshot":
/// [rows], or "diffResults": {"added": [rows], "removed": [rows]}.
bool OsqueryRows::take_log(const JsonObject& object) {
  const bool log =
      object.has("hostIdentifier") || object.has("calendarTime") || object.has("action");
  if (!log) return false;
  const auto holds_rows = [](const JsonObject& child) {
    return child.name == "columns" || child.name == "snapshot" || child.name == "added" ||
           child.name == "removed";
  };
  std::vector<std::pair<std::string_view, const JsonObject*>> rows;
  for (const JsonObject& child : object.children) {
    if (holds_rows(child)) rows.emplace_back(object.value("action"), &child);
    if (child.name != "diffResults") continue;
    for (const JsonObject& row : child.children) rows.emplace_back(row.name, &row);
  }
  const bool any = std::any_of(rows.begin(), rows.end(), [](const auto& row) {
    return table_of(*row.second) != Table::none;
  });
  if (rows.empty()) return false;
  reading_->found(kOsqueryKind);
  if (!any) ++others_;
  if (!any || !is_of_this_host(object)) return true;
  for (const auto& [action, row] : rows) log_rows(*row, action, std::string(object.value("name")));
  return true;
}

void OsqueryRows::log_rows(const JsonObject& row, std::string_view action,
                           const std::string& query) {
  const std::string key = key_of(query, row);
  if (action == "removed") {
    logged_.erase(key);
  } else {
    logged_.insert_or_assign(key, row);
  }
}

/// The log of several hosts may be one file. An identifier that is a UUID is no name.
bool OsqueryRows::is_of_this_host(const JsonObject& object) {
  constexpr std::size_t kUuidBytes = 36;
  const std::string_view host = object.value("hostIdentifier");
  if (host.empty()) return true;
  if (host_.empty()) host_ = host;
  if (!iequals(host_, host)) {
    reading_->unread(object.line,
                     fmt::format("another host: {}; put it into a file of its own", shown(host)));
    return false;
  }
  const bool uuid = host.size() == kUuidBytes && std::count(host.begin(), host.end(), '-') == 4;
  if (!uuid && reading_->snapshot.host.name.empty()) reading_->snapshot.host.name = host_;
  return true;
}

void OsqueryRows::finish() {
  for (const auto& [key, row] : logged_) add(row);
  logged_.clear();
  if (others_ == 0) return;
  reading_->snapshot.notes.push_back(fmt::format("{}: {} results of other queries are not read",
                                                 reading_->document().name(), others_));
}

void OsqueryRows::add(const JsonObject& row) {
  reading_->found(kOsqueryKind);
  switch (table_of(row)) {
    case Table::sockets:
      return add_socket(row);
    case Table::processes:
      return add_process(row, row.value("path"));
    case Table::services:
      return add_service(row);
    case Table::units:
      return add_unit(row);
    case Table::none:
      break;
  }
}

void OsqueryRows::add_socket(const JsonObject& row) {
  if (row.value("family") == kUnixFamily) return;  // a path, not a port
  Endpoint endpoint;
  if (std::string reason = read_ports(row, endpoint); !reason.empty()) {
    return reading_->unread(row.line, std::move(reason));
  }
  endpoint.pid = pid_of(row);
  endpoint.process = first_of(row, {"process_name", "process", "name"});
  endpoint.sources = reading_->source(row.line);
  reading_->add(std::move(endpoint));
  // A query that joins the tables names the process in the same row.
  if (has_column(row, "name") || has_column(row, "process_name")) {
    add_process(row, row.value("path"));
  }
}

/// Protocol, addresses and state; a reason if the row is no socket with a port.
std::string OsqueryRows::read_ports(const JsonObject& row, Endpoint& endpoint) const {
  const std::string_view protocol = row.value("protocol");
  const bool tcp = protocol == kTcp || iequals(protocol, "tcp");
  if (!tcp && protocol != kUdp && !iequals(protocol, "udp")) {
    return protocol.empty() ? std::string("the column protocol is missing; ask for it too")
                            : fmt::format("protocol {} is neither TCP nor UDP", shown(protocol));
  }
  const std::string_view port = first_of(row, {"local_port", "port"});
  const auto local_port = number<std::uint16_t>(port);
  if (!local_port || *local_port == 0) return fmt::format("'{}' is no port", shown(port));
  const std::string_view address = first_of(row, {"local_address", "address"});
  endpoint.protocol = tcp ? Protocol::tcp : Protocol::udp;
  endpoint.local = make_address(address.empty() ? "*" : address);
  endpoint.port = *local_port;
  const auto remote_port = number<std::uint16_t>(row.value("remote_port")).value_or(0);
  if (remote_port != 0) {
    endpoint.remote = make_address(row.value("remote_address"));
    endpoint.remote_port = remote_port;
  }
  const std::string_view state = has_column(row, "local_port") ? row.value("state") : "LISTEN";
  if (!tcp) {
    endpoint.state = remote_port != 0 ? State::connected : State::bound;
  } else if (const auto known = find_state(state)) {
    endpoint.state = *known;
  } else if (remote_port != 0) {
    endpoint.state = State::connected;
  } else {
    return "the column state is missing, so nothing says whether the port listens; ask for it too";
  }
  return {};
}

void OsqueryRows::add_process(const JsonObject& row, std::string_view path) {
  const auto pid = pid_of(row);
  if (!pid) return;
  Process process;
  process.pid = *pid;
  process.image = first_of(row, {"process_name", "process", "name"});
  process.path = path;
  process.command_line = row.value("cmdline");
  process.sources = reading_->source(row.line);
  reading_->add(std::move(process));
}

void OsqueryRows::add_service(const JsonObject& row) {
  Service service;
  service.name = row.value("name");
  if (service.name.empty()) return reading_->unread(row.line, "the service has no name");
  service.title = row.value("display_name");
  service.state = service_state(row.value("status"));
  service.start = service_start(row.value("start_type"));
  service.pid = pid_of(row);
  if (service.pid == 0U) service.pid.reset();
  service.command = row.value("path");
  service.sources = reading_->source(row.line);
  reading_->add(std::move(service));
}

void OsqueryRows::add_unit(const JsonObject& row) {
  if (row.value("load_state") == "not-found") return;  // only named by other units
  Service service;
  service.name = row.value("id");
  if (service.name.empty()) return reading_->unread(row.line, "the unit has no id");
  service.title = row.value("description");
  service.state = unit_state(row.value("active_state"));
  service.start = unit_start(row.value("unit_file_state"));
  service.sources = reading_->source(row.line);
  reading_->add(std::move(service));
}

}  // namespace deadlight::evidence
