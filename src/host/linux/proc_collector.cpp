#include "host/linux/proc_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "host/linux/socket_owners.h"
#include "host/linux/socket_table.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTableBytesMax = 256U << 20U;  ///< about 1.7 million sockets
constexpr std::size_t kNameBytesMax = 4096;
constexpr std::uint32_t kInit = 1;
constexpr std::string_view kKind = "proc";

struct TableFile {
  const char* name;
  Protocol protocol;
  bool required;  ///< the others are missing where IPv6 is off
};
constexpr TableFile kTables[] = {{"tcp", Protocol::tcp, true},
                                 {"tcp6", Protocol::tcp, false},
                                 {"udp", Protocol::udp, true},
                                 {"udp6", Protocol::udp, false}};

std::uint32_t add_evidence(Snapshot& snapshot, std::string name) {
  snapshot.evidence.push_back({std::move(name), std::string(kKind)});
  return static_cast<std::uint32_t>(snapshot.evidence.size() - 1);
}

Result<std::vector<SocketRow>> read_tables(const fs::path& root, Snapshot& snapshot) {
  std::vector<SocketRow> rows;
  for (const TableFile& file : kTables) {
    const fs::path path = root / "net" / file.name;
    const auto text = read_file(path, kTableBytesMax);
    if (!text) {
      if (text.error().code == Errc::not_found && !file.required) continue;
      const bool missing = text.error().code == Errc::not_found;
      return fail(missing ? Errc::io : text.error().code, text.error().message);
    }
    SocketTable table = DEADLIGHT_TRY(parse_socket_table(*text, file.protocol, path.string()));
    const std::uint32_t evidence = add_evidence(snapshot, path.string());
    for (SocketRow& row : table.rows) {
      row.endpoint.sources = {{evidence, row.line}};
      rows.push_back(std::move(row));
    }
    std::move(table.unread.begin(), table.unread.end(), std::back_inserter(snapshot.unread));
  }
  return rows;
}

/// The processes to name for one socket: the first one of each unit or program, since a server's
/// workers share the socket with it. init hands sockets out, and is named only if it is alone.
std::vector<const SocketProcess*> to_name(const SocketOwners& owners, std::uint64_t inode) {
  std::vector<const SocketProcess*> result;
  const auto pids = owners.pids_of.find(inode);
  if (inode == 0 || pids == owners.pids_of.end()) return result;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const std::uint32_t pid : pids->second) {
    if (pid == kInit && pids->second.size() > 1) continue;
    const SocketProcess& process = owners.processes.at(pid);
    // One unit may run several programs, but they start and stop together.
    const bool has_unit = process.unit.ends_with(".service");
    const std::string_view program = has_unit ? std::string_view() : process.image;
    if (seen.emplace(process.unit, program).second) result.push_back(&process);
  }
  return result;
}

void add_endpoints(Snapshot& snapshot, std::vector<SocketRow> rows, const SocketOwners& owners) {
  for (SocketRow& row : rows) {
    const auto holders = to_name(owners, row.inode);
    if (holders.empty()) snapshot.endpoints.push_back(std::move(row.endpoint));
    for (const SocketProcess* holder : holders) {
      Endpoint endpoint = row.endpoint;
      endpoint.pid = holder->pid;
      endpoint.process = holder->image;
      endpoint.unit = holder->unit;
      snapshot.endpoints.push_back(std::move(endpoint));
    }
  }
}

void add_processes(Snapshot& snapshot, const fs::path& root, const SocketOwners& owners) {
  if (owners.processes.empty()) return;
  const std::uint32_t descriptors = add_evidence(snapshot, (root / "PID" / "fd").string());
  const std::uint32_t cgroups = add_evidence(snapshot, (root / "PID" / "cgroup").string());
  std::set<std::string, std::less<>> units;
  for (const auto& [pid, owner] : owners.processes) {
    Process process;
    process.pid = pid;
    process.image = owner.image;
    process.path = owner.path;
    process.sources = {{descriptors, 0}};
    snapshot.processes.push_back(std::move(process));
    if (owner.unit.empty() || !units.insert(owner.unit).second) continue;
    Service service;
    service.name = owner.unit;
    service.state = ServiceState::running;
    service.pid = pid;  // the lowest one, which is the unit's first process as a rule
    service.sources = {{cgroups, 0}};
    snapshot.services.push_back(std::move(service));
  }
}

void add_notes(Snapshot& snapshot, std::size_t nameless, const SocketOwners& owners) {
  if (nameless > 0) {
    const std::string_view verb = nameless == 1 ? "open port has" : "open ports have";
    const std::string_view why =
        owners.unreadable > 0 ? "they belong to other users; run as root to see whose"
                              : "the kernel or another network namespace's process holds them";
    snapshot.notes.push_back(fmt::format("{} {} no process: {}", nameless, verb, why));
  }
  if (owners.limit_reached) {
    snapshot.notes.emplace_back(
        "there are more processes or open files than are looked at; some ports may have no owner");
  }
}

}  // namespace

Result<Snapshot> collect(const fs::path& root) {
  Snapshot snapshot;
  snapshot.host.os = Os::linux;
  snapshot.host.os_confidence = OsConfidence::given;
  snapshot.host.os_basis = "read from " + root.string();
  if (const auto name = read_file(root / "sys" / "kernel" / "hostname", kNameBytesMax)) {
    snapshot.host.name = trim(*name);
  }
  std::vector<SocketRow> rows = DEADLIGHT_TRY(read_tables(root, snapshot));
  std::set<std::uint64_t> wanted;
  for (const SocketRow& row : rows) {
    if (row.inode != 0) wanted.insert(row.inode);
  }
  const SocketOwners owners = find_owners(root, wanted);
  const auto nameless = std::count_if(rows.begin(), rows.end(), [&](const SocketRow& row) {
    return row.endpoint.is_open() && owners.pids_of.count(row.inode) == 0;
  });
  add_processes(snapshot, root, owners);
  add_endpoints(snapshot, std::move(rows), owners);
  add_notes(snapshot, static_cast<std::size_t>(nameless), owners);
  normalise(snapshot);
  return snapshot;
}

}  // namespace deadlight::linux_host
