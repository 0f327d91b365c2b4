#include "host/linux/live_tables.h"

#include <fmt/format.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "host/linux/socket_table.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRawBytesMax = 16U << 20U;
constexpr std::size_t kStatBytesMax = 4096;
constexpr DiagKind kKinds[] = {DiagKind::tcp, DiagKind::udp,   DiagKind::udplite, DiagKind::sctp,
                               DiagKind::raw, DiagKind::vsock, DiagKind::packet};

/// What one thread saw of one namespace after the other.
struct Part {
  DiagRows rows;
  std::map<std::pair<std::uint16_t, std::uint32_t>, std::string> devices;
  std::map<std::uint16_t, FirewallRead> firewalls;  ///< by a namespace's index
  bool interrupted = false;
  bool limit = false;
  std::size_t refused = 0;  ///< namespaces that may not be entered
  std::optional<Error> error;
};

bool is_required(DiagKind kind) { return kind == DiagKind::tcp || kind == DiagKind::udp; }

// Many kernels are built without raw_diag; the table in /proc is small.
void add_raw_tables(const fs::path& proc, DiagRows& rows) {
  for (const char* name : {"raw", "raw6"}) {
    const fs::path path = proc / "thread-self" / "net" / name;
    const auto text = read_file(path, kRawBytesMax);
    if (!text) continue;
    const auto table = parse_socket_table(*text, Protocol::udp, path.string());
    if (!table) continue;
    for (const SocketRow& row : table->rows) {
      KernelOther other;
      other.inode = static_cast<std::uint32_t>(row.inode);
      other.row.family = "raw";
      other.row.local =
          fmt::format("{}, protocol {}", row.endpoint.local.text(), row.endpoint.port);
      other.row.state = state_id(row.endpoint.state);
      other.row.uid = row.uid;
      rows.others.push_back(std::move(other));
    }
  }
}

// Sockets in use, of every kind, as the kernel counts them for this network namespace.
std::size_t sockets_in_use(const fs::path& proc) {
  constexpr std::string_view kBefore = "sockets: used ";  // in the first line
  const auto text = read_file(proc / "net" / "sockstat", kStatBytesMax);
  if (!text || !text->starts_with(kBefore)) return 0;
  const std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
  return number<std::size_t>(line.substr(kBefore.size())).value_or(0);
}

void name_device(std::uint16_t net_namespace, std::uint32_t device, Part& part) {
  if (device == 0 || part.devices.contains({net_namespace, device})) return;
  std::array<char, IF_NAMESIZE> name{};
  const bool known = if_indextoname(device, name.data()) != nullptr;
  part.devices.emplace(std::pair(net_namespace, device),
                       known ? name.data() : std::to_string(device));
}

/// Every socket of the namespace that this thread is in.
Result<> read_namespace(const fs::path& proc, DiagStates states, std::uint16_t index, Part& part) {
  const std::size_t first_socket = part.rows.sockets.size();
  const std::size_t first_other = part.rows.others.size();
  SockDiag diag = DEADLIGHT_TRY(SockDiag::open());
  for (const DiagKind kind : kKinds) {
    const DumpEnd end = DEADLIGHT_TRY(diag.dump(kind, states, part.rows));
    part.interrupted = part.interrupted || end == DumpEnd::interrupted;
    part.limit = part.limit || end == DumpEnd::limit;
    if (end == DumpEnd::limit) break;
    if (end != DumpEnd::missing) continue;
    if (is_required(kind)) {
      return fail(Errc::unsupported, "sock_diag: this kernel has none for TCP or UDP");
    }
    if (kind == DiagKind::raw) add_raw_tables(proc, part.rows);
  }
  for (std::size_t i = first_socket; i < part.rows.sockets.size(); ++i) {
    part.rows.sockets[i].net_namespace = index;
    name_device(index, part.rows.sockets[i].device, part);
  }
  for (std::size_t i = first_other; i < part.rows.others.size(); ++i) {
    part.rows.others[i].net_namespace = index;
    name_device(index, part.rows.others[i].device, part);
  }
  return {};
}

// Runs on a thread of its own, which stays in the namespace that it entered last.
void read_others(const fs::path& proc, const TablesWanted& wanted,
                 const std::vector<NetNamespace>& namespaces, Part& part) {
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    if (!enter_net_namespace(proc, namespaces[i])) {
      ++part.refused;
      continue;
    }
    const auto index = static_cast<std::uint16_t>(i + 1);
    const std::size_t first_socket = part.rows.sockets.size();
    const auto done = read_namespace(proc, wanted.states, index, part);
    if (!done) part.error = done.error();
    const auto& sockets = part.rows.sockets;
    if (wanted.firewalls &&
        std::any_of(sockets.begin() + static_cast<std::ptrdiff_t>(first_socket), sockets.end(),
                    [](const KernelSocket& socket) { return socket.is_open(); })) {
      part.firewalls.emplace(index, read_firewall());
    }
  }
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void name_firewalls(Part& part, LiveTables& tables) {
  for (auto& [index, firewall] : part.firewalls) {
    const auto [at, fresh] =
        tables.firewalls.try_emplace(tables.namespaces[index], std::move(firewall));
    if (!fresh) at->second.failure = "there are two namespaces of that name";
  }
}

void add_notes(const ProcessList& list, const Part& own, const Part& others,
               std::vector<std::string>& notes) {
  if (others.refused > 0) {
    notes.push_back(fmt::format("{} may not be entered, and {} sockets are not listed: run as root",
                                others.refused == 1
                                    ? "a network namespace"
                                    : fmt::format("{} network namespaces", others.refused),
                                others.refused == 1 ? "its" : "their"));
  }
  if (list.hidden > 0) {
    notes.push_back(fmt::format(
        "{} of {} own, whose sockets are not listed{}",
        list.hidden == 1 ? "a process may have a network namespace"
                         : fmt::format("{} processes may have network namespaces", list.hidden),
        list.hidden == 1 ? "its" : "their",
        geteuid() == 0 ? "" : ": they are of other users; run as root"));
  }
  if (own.interrupted || others.interrupted) {
    notes.emplace_back(
        "sockets came and went faster than they could be listed: one may be missing");
  }
  if (own.limit || others.limit || list.limit_reached) {
    notes.emplace_back("there are more sockets or processes than are looked at; some are missing");
  }
  if (others.error) notes.push_back("another network namespace: " + others.error->message);
}

}  // namespace

Result<LiveTables> read_tables(const fs::path& proc, const TablesWanted& wanted) {
  constexpr std::size_t kNamespacesMax = 60'000;
  ProcessList list;
  // Room that nothing is written to costs nothing; to move rows to a larger place does.
  constexpr std::size_t kRoomMax = 1U << 20U;
  const std::size_t in_use = sockets_in_use(proc);
  Part own;
  own.rows.sockets.reserve(std::min(in_use, kRoomMax));
  Part others;
  Result<> done;
  {
    // A thread begins in the namespace of the one that starts it.
    std::jthread guard;
    if (wanted.firewalls) guard = std::jthread([&] { own.firewalls[0] = read_firewall(); });
    const std::jthread scout([&] {
      list = wanted.cgroups ? list_by_cgroup(proc, *wanted.cgroups) : list_processes(proc);
      if (list.namespaces.size() > kNamespacesMax) list.namespaces.resize(kNamespacesMax);
      name_namespaces(list, proc);
      read_others(proc, wanted, list.namespaces, others);
    });
    done = read_namespace(proc, wanted.states, 0, own);
  }
  if (!done) return tl::make_unexpected(done.error());
  LiveTables tables;
  tables.in_use = in_use;
  add_notes(list, own, others, tables.notes);
  tables.rows = std::move(own.rows);
  append(tables.rows.sockets, others.rows.sockets);
  append(tables.rows.others, others.rows.others);
  tables.devices = std::move(own.devices);
  tables.devices.merge(others.devices);
  tables.namespaces.emplace_back();
  for (NetNamespace& one : list.namespaces) tables.namespaces.push_back(std::move(one.name));
  name_firewalls(own, tables);
  name_firewalls(others, tables);
  tables.pids = std::move(list.pids);
  return tables;
}

}  // namespace deadlight::linux_host
