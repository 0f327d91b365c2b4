#include "host/linux/live_owners.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/prefault.h"
#include "base/text.h"
#include "base/unit_name.h"
#include "host/linux/cgroup.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCgroupBytesMax = 64 * 1024;
constexpr std::size_t kCommBytes = 15;  ///< TASK_COMM_LEN of the kernel, without the final zero
constexpr std::uint32_t kInit = 1;

/// The kernel cuts the name; the program's file has it whole. A name that a program gave itself
/// ("sshd: user") is kept.
std::string image_of(const fs::path& proc, const HolderProcess& process) {
  if (process.comm.size() < kCommBytes && !process.comm.empty()) return process.comm;
  constexpr std::string_view kDeleted = " (deleted)";
  std::error_code error;
  std::string path = fs::read_symlink(proc / std::to_string(process.pid) / "exe", error).string();
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  std::string file = fs::path(path).filename().string();
  return file.starts_with(process.comm) ? file : process.comm;
}

bool is_init_scope(std::string_view path) { return path.ends_with("/init.scope"); }

bool is_service(std::string_view unit) { return unit.ends_with(".service"); }

}  // namespace

std::uint32_t Texts::number(std::string_view text) {
  const auto [at, fresh] =
      numbers_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (fresh) texts_.push_back(&at->first);
  return at->second;
}

LiveOwners::LiveOwners(const fs::path& proc, CgroupTree* tree) : proc_(proc), tree_(tree) {}

const LiveOwners::Cgroup& LiveOwners::cgroup(std::uint64_t id) {
  if (id == last_id_ && last_ != nullptr) return *last_;
  const auto [at, fresh] = cgroups_.try_emplace(id);
  last_id_ = id;
  last_ = &at->second;  // stays where it is, however many follow
  if (!fresh || id == 0 || tree_ == nullptr) return at->second;
  const auto path = tree_->path(id);
  // The root's id means that nobody was put anywhere: the old hierarchies may know more.
  if (!path || *path == "/") return at->second;
  at->second = {texts_.number(*path), texts_.number(unit_in_path(*path))};
  return at->second;
}

std::vector<CgroupMembers> LiveOwners::members(const std::vector<WantedSocket>& wanted) {
  std::vector<CgroupMembers> result;
  if (tree_ == nullptr) return result;
  std::vector<std::uint64_t> ids;
  for (const WantedSocket& socket : wanted) {
    if (ids.empty() || ids.back() != socket.cgroup) ids.push_back(socket.cgroup);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::uint64_t id : ids) {
    if (cgroup(id).path == 0) continue;
    result.push_back({id, tree_->processes(texts_[cgroup(id).path])});
    result.back().hands_out = is_init_scope(texts_[cgroup(id).path]);
    for (const std::uint32_t pid : result.back().pids) cgroup_of_pid_.emplace(pid, id);
  }
  return result;
}

const LiveOwners::Described& LiveOwners::describe(const HolderProcess& process) {
  const auto [at, fresh] = described_.try_emplace(process.pid);
  Described& result = at->second;
  if (!fresh) return result;
  result.owner.pid = process.pid;
  result.owner.image = texts_.number(image_of(proc_, process));
  result.is_init = process.pid == kInit;
  std::uint64_t id = process.cgroup;
  if (const auto known = cgroup_of_pid_.find(process.pid);
      id == 0 && known != cgroup_of_pid_.end()) {
    id = known->second;
  }
  if (const Cgroup& own = cgroup(id); own.path != 0) {
    result.owner.unit = own.unit;
    result.is_init = result.is_init || is_init_scope(texts_[own.path]);
    return result;
  }
  const auto text = read_file(proc_ / std::to_string(process.pid) / "cgroup", kCgroupBytesMax);
  if (text) result.owner.unit = texts_.number(unit_of_cgroup(*text));
  return result;
}

// The first process of each unit or program, since a server's workers share the socket with it.
// init hands sockets out, and is named only if it is alone.
void LiveOwners::append_owners(std::uint64_t cgroup_id, std::span<const Holding> holdings,
                               const Holders& holders, std::vector<LiveOwner>& owners) {
  const Cgroup made_in = cgroup(cgroup_id);
  const std::size_t first = owners.size();
  std::optional<LiveOwner> init;
  for (const Holding& holding : holdings) {
    const HolderProcess* process = holders.process(holding.pid);
    if (process == nullptr) continue;
    const Described& described = describe(*process);
    LiveOwner owner = described.owner;
    owner.cgroup = made_in.path;
    if (described.is_init) {
      // systemd makes a socket unit's sockets in the cgroup of that unit.
      if (texts_[made_in.unit].ends_with(".socket")) owner.unit = made_in.unit;
      init = owner;
      continue;
    }
    const bool by_unit = is_service(texts_[owner.unit]);
    const bool seen =
        std::any_of(owners.begin() + static_cast<std::ptrdiff_t>(first), owners.end(),
                    [&](const LiveOwner& other) {
                      return other.unit == owner.unit && (by_unit || other.image == owner.image);
                    });
    if (!seen) owners.push_back(owner);
  }
  if (owners.size() > first) return;
  owners.push_back(init ? *init : LiveOwner{0, 0, made_in.unit, made_in.path});
}

std::vector<LiveOwner> LiveOwners::owners_of(std::uint32_t inode, std::uint64_t cgroup_id,
                                             const Holders& holders) {
  const auto [begin, end] =
      std::equal_range(holders.holdings.begin(), holders.holdings.end(), Holding{inode, 0},
                       [](const Holding& a, const Holding& b) { return a.inode < b.inode; });
  std::vector<LiveOwner> owners;
  append_owners(cgroup_id, {begin, inode == 0 ? begin : end}, holders, owners);
  return owners;
}

std::vector<LiveRow> LiveOwners::rows(const std::vector<KernelSocket>& sockets,
                                      const Holders& holders) {
  std::vector<WantedSocket> held;  // one for each socket with a holder, to find it by inode
  std::vector<std::uint32_t> starts;
  const std::vector<Holding>& holdings = holders.holdings;
  for (std::uint32_t i = 0; i < holdings.size(); ++i) {
    if (i > 0 && holdings[i - 1].inode == holdings[i].inode) continue;
    held.push_back({holdings[i].inode, 0, 0});
    starts.push_back(i);
  }
  starts.push_back(static_cast<std::uint32_t>(holdings.size()));
  const InodeTable table(held);
  std::vector<LiveRow> result;
  result.reserve(sockets.size());
  prefault(result.data(), sockets.size() * sizeof(LiveRow));
  std::vector<LiveOwner> owners;
  for (std::uint32_t i = 0; i < sockets.size(); ++i) {
    const KernelSocket& socket = sockets[i];
    const std::uint32_t at = socket.inode == 0 ? InodeTable::kNone : table.find(socket.inode);
    std::span<const Holding> mine;
    if (at != InodeTable::kNone) {
      mine = std::span(holdings).subspan(starts[at], starts[at + 1] - starts[at]);
    }
    owners.clear();
    append_owners(socket.cgroup, mine, holders, owners);
    for (const LiveOwner& owner : owners) result.push_back({i, owner});
  }
  return result;
}

}  // namespace deadlight::linux_host
