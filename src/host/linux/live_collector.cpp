#include "host/linux/live_collector.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/prefault.h"
#include "base/text.h"
#include "host/linux/bpf_holders.h"
#include "host/linux/live_endpoints.h"
#include "host/linux/packages.h"
#include "host/linux/proc_collector.h"
#include "host/linux/proc_walk.h"
#include "host/linux/unit_states.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameBytesMax = 4096;
constexpr unsigned kThreadsMax = 2;

struct Collector {
  const LiveOptions& options;
  fs::path proc = "/proc";
  LiveTables tables = {};
  std::optional<CgroupTree> tree = {};
  Holders holders = {};
  Units units = {};
  Snapshot snapshot = {};
  std::vector<std::string> details = {};  ///< how it was read, for --verbose
};

void name_host(Collector& work) {
  Host& host = work.snapshot.host;
  host.os = Os::linux;
  host.os_confidence = OsConfidence::given;
  host.os_basis = "this host";
  if (const auto name = read_file(work.proc / "sys" / "kernel" / "hostname", kNameBytesMax)) {
    host.name = trim(*name);
  }
}

// Where systemd keeps its units in a hierarchy of its own, and the unified one is empty, only the
// processes know.
bool has_old_hierarchy() {
  struct statfs facts {};
  return statfs("/sys/fs/cgroup/systemd", &facts) == 0 && facts.f_type == CGROUP_SUPER_MAGIC;
}

/// Sockets whose process is looked for: all, or for units alone those whose cgroup names none.
std::vector<WantedSocket> wanted_sockets(const Collector& work, LiveOwners& owners) {
  const bool unit_only = work.options.owner == OwnerDepth::unit;
  std::vector<WantedSocket> wanted;
  if (unit_only && !has_old_hierarchy()) return wanted;
  if (!unit_only) {
    wanted.reserve(work.tables.rows.sockets.size());
    prefault(wanted.data(), work.tables.rows.sockets.size() * sizeof(WantedSocket));
  }
  for (const KernelSocket& socket : work.tables.rows.sockets) {
    if (socket.inode == 0 || (unit_only && owners.has_unit(socket.cgroup))) continue;
    wanted.push_back({socket.inode, socket.uid, socket.cgroup});
  }
  for (const KernelOther& other : work.tables.rows.others) {
    if (other.inode == 0 || unit_only) continue;
    wanted.push_back({other.inode, other.row.uid.value_or(0), 0});
  }
  return wanted;
}

bool found_by_bpf(Collector& work, const std::vector<WantedSocket>& wanted) {
  if (!work.options.bpf) return false;
  // Loading the program takes as long as reading some 2,000 links in /proc.
  constexpr std::size_t kDescriptorsMin = 4000;
  constexpr std::size_t kEachProcess = 4;
  const BpfExpected expected = {std::max(work.tables.in_use, wanted.size()),
                                work.tables.pids.size()};
  if (expected.descriptors + kEachProcess * expected.processes < kDescriptorsMin) return false;
  Result<Holders> found = bpf_holders(wanted, expected);
  if (!found) {
    work.details.push_back(found.error().message + ": processes were found by /proc");
    return false;
  }
  work.details.emplace_back("processes were found by BPF");
  work.holders = std::move(*found);
  return true;
}

void find_holders(Collector& work, LiveOwners& owners) {
  const std::vector<WantedSocket> wanted = wanted_sockets(work, owners);
  if (wanted.empty()) return;
  if (work.tables.pids.empty()) work.tables.pids = list_processes(work.proc).pids;
  if (found_by_bpf(work, wanted)) return;
  const std::vector<CgroupMembers> members = owners.members(wanted);
  const WalkOptions walk = {work.options.complete,
                            std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsMax)};
  work.holders = walk_processes({work.proc, work.tables.pids, members}, wanted, walk);
}

void add_other_sockets(Collector& work, LiveOwners& owners) {
  for (KernelOther& other : work.tables.rows.others) {
    other.row.net_namespace = work.tables.namespaces[other.net_namespace];
    if (const auto device = work.tables.devices.find({other.net_namespace, other.device});
        other.device != 0 && device != work.tables.devices.end()) {
      other.row.local = device->second + ", " + other.row.local;
    }
    other.row.sources = {{0, 0}};
    for (const LiveOwner& owner : owners.owners_of(other.inode, 0, work.holders)) {
      OtherSocket row = other.row;
      if (owner.pid != 0) row.pid = owner.pid;
      row.process = owners.texts()[owner.image];
      row.unit = owners.texts()[owner.unit];
      work.snapshot.other_sockets.push_back(std::move(row));
    }
  }
}

std::string program_path(const fs::path& process) {
  constexpr std::string_view kDeleted = " (deleted)";
  std::error_code error;
  std::string path = fs::read_symlink(process / "exe", error).string();
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return path;
}

std::uint32_t add_evidence(Snapshot& snapshot, std::string name, std::string kind) {
  snapshot.evidence.push_back({std::move(name), std::move(kind)});
  return static_cast<std::uint32_t>(snapshot.evidence.size() - 1);
}

/// Processes and services that the endpoints name.
void add_processes_and_services(Collector& work) {
  std::map<std::uint32_t, std::string> images;
  std::map<std::string, std::optional<std::uint32_t>, std::less<>> units;
  const auto name = [&](const auto& socket) {
    if (socket.pid) images.emplace(*socket.pid, socket.process);
    const std::string& unit = socket.unit;
    if (unit.empty()) return;
    auto& lowest = units[unit];
    if (socket.pid && (!lowest || *socket.pid < *lowest)) lowest = socket.pid;
  };
  for (const Endpoint& endpoint : work.snapshot.endpoints) name(endpoint);
  for (const OtherSocket& socket : work.snapshot.other_sockets) name(socket);
  if (!images.empty()) {
    const auto source = add_evidence(work.snapshot, "/proc/PID/fd", "proc");
    for (const auto& [pid, image] : images) {
      Process process;
      process.pid = pid;
      process.image = image;
      process.path = program_path(work.proc / std::to_string(pid));
      process.sources = {{source, 0}};
      work.snapshot.processes.push_back(std::move(process));
    }
  }
  if (units.empty()) return;
  const auto source = add_evidence(work.snapshot, "cgroups", "cgroup");
  for (const auto& [unit, pid] : units) {
    Service service;
    service.name = unit;
    service.state = ServiceState::running;
    service.pid = pid;
    service.sources = {{source, 0}};
    work.snapshot.services.push_back(std::move(service));
  }
}

// A container's program has the same path as one of this host, and is another file.
bool is_of_this_host(const fs::path& process, const std::string& path) {
  struct stat there {};
  struct stat here {};
  return stat((process / "root").concat(path).c_str(), &there) == 0 &&
         stat(path.c_str(), &here) == 0 && there.st_dev == here.st_dev &&
         there.st_ino == here.st_ino;
}

void add_packages(Collector& work) {
  std::set<std::string> paths;
  std::vector<Process*> ours;
  for (Process& process : work.snapshot.processes) {
    if (!process.path.starts_with('/')) continue;
    if (!is_of_this_host(work.proc / std::to_string(process.pid), process.path)) continue;
    paths.insert(process.path);
    ours.push_back(&process);
  }
  const std::map<std::string, std::string> packages = find_packages(paths, "/");
  for (Process* process : ours) {
    const auto package = packages.find(process->path);
    if (package != packages.end()) process->package = package->second;
  }
}

void add_notes(Collector& work) {
  auto& notes = work.snapshot.notes;
  notes.insert(notes.end(), work.tables.notes.begin(), work.tables.notes.end());
  std::size_t nameless = 0;
  for (const Endpoint& endpoint : work.snapshot.endpoints) {
    const bool published = endpoint.live && !endpoint.live->forwards_to.empty();
    if (endpoint.is_open() && !endpoint.pid && !published) nameless += endpoint.sockets();
  }
  if (work.options.owner == OwnerDepth::process && nameless > 0) {
    const std::string_view why =
        work.holders.unreadable > 0
            ? "they belong to other users; run as root to see whose"
            : "the kernel or another network namespace's process holds them";
    notes.push_back(fmt::format("{} {} no process: {}", nameless,
                                nameless == 1 ? "open port has" : "open ports have", why));
  }
  if (!systemd_runs()) {
    notes.emplace_back("systemd does not run this host, so that no service is named by its unit");
  } else if (!work.units.failure().empty()) {
    notes.push_back(work.units.failure() + ": what its units are set to is not known");
  }
  if (work.holders.limit_reached) {
    notes.emplace_back(
        "there are more processes or open files than are looked at; some ports may have no owner");
  }
  if (work.options.verbose) notes.insert(notes.end(), work.details.begin(), work.details.end());
}

void add_units(Collector& work) {
  if (work.options.owner == OwnerDepth::unit || !systemd_runs()) return;
  work.units.name_sockets(work.snapshot.endpoints);
}

Snapshot assemble(Collector& work) {
  name_host(work);
  LiveOwners owners(work.proc, work.tree ? &*work.tree : nullptr);
  find_holders(work, owners);
  add_evidence(work.snapshot, "kernel socket tables", "sock_diag");
  const std::vector<LiveRow> rows = owners.rows(work.tables.rows.sockets, work.holders);
  const RowGroups groups = work.options.each
                               ? each_alone(rows.size())
                               : fold(rows, work.tables.rows.sockets, work.options.port_class);
  work.snapshot.endpoints = make_endpoints(rows, groups, work.tables, owners.texts());
  add_units(work);
  apply_firewalls(work.tables.firewalls, work.snapshot);
  add_other_sockets(work, owners);
  add_processes_and_services(work);
  if (work.options.details) {
    if (systemd_runs()) work.units.add_states(work.snapshot);
    add_packages(work);
  }
  add_notes(work);
  normalise(work.snapshot);
  return std::move(work.snapshot);
}

// A host with many processes in few cgroups is looked through faster by cgroup, which finds all
// namespaces but those that a program made for itself beside others in its cgroup.
bool is_faster_by_cgroup(const Collector& work) {
  constexpr std::size_t kCgroupCost = 5;  // processes that take as long as one
  struct sysinfo facts {};
  if (!work.tree || sysinfo(&facts) != 0) return false;
  return kCgroupCost * work.tree->count() < facts.procs;
}

}  // namespace

Result<Snapshot> collect_live(const LiveOptions& options) {
  Collector work{options};
  Result<CgroupTree> tree = CgroupTree::open();
  if (tree) {
    work.tree.emplace(std::move(*tree));
  } else {
    work.details.push_back(tree.error().message);
  }
  const bool by_cgroup = options.owner == OwnerDepth::unit && is_faster_by_cgroup(work);
  if (by_cgroup) work.details.emplace_back("network namespaces were looked for by cgroup");
  const TablesWanted wanted = {options.all_states ? DiagStates::all : DiagStates::open,
                               by_cgroup ? &*work.tree : nullptr, options.firewall};
  Result<LiveTables> tables = read_tables(work.proc, wanted);
  if (!tables && tables.error().code != Errc::unsupported) {
    return tl::make_unexpected(tables.error());
  }
  if (!tables) {
    Snapshot snapshot = DEADLIGHT_TRY(collect(work.proc));
    snapshot.notes.push_back(fmt::format(
        "{}: read from /proc, which lists this network namespace alone", tables.error().message));
    return snapshot;
  }
  work.tables = std::move(*tables);
  return assemble(work);
}

}  // namespace deadlight::linux_host
