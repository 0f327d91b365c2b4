#include "host/linux/proc_walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDescriptorsMax = 50'000'000;  ///< of all processes together
constexpr std::size_t kEntriesBytes = 32 * 1024;     ///< what the kernel fills at a time
constexpr std::size_t kTasksPerThread = 8;           ///< a thread costs more than so few processes
constexpr std::uint32_t kInit = 1;

/// linux_dirent64 of getdents64(2): the name follows the four fields.
struct EntryHead {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
};
constexpr std::size_t kNameOffset = 19;

/// "PID/fd" without an allocation.
class ProcName {
 public:
  ProcName(std::uint32_t pid, std::string_view rest) {
    char* end = std::to_chars(text_.data(), text_.data() + kDigits, pid).ptr;
    *std::copy(rest.begin(), rest.end(), end) = '\0';
  }
  const char* c_str() const { return text_.data(); }

 private:
  static constexpr std::size_t kDigits = 10;
  std::array<char, 32> text_{};
};

/// "socket:[1603]" → 1603; 0 for anything else.
std::uint32_t inode_of(std::string_view link) {
  constexpr std::string_view kBefore = "socket:[";
  if (!link.starts_with(kBefore) || !link.ends_with(']')) return 0;
  return number<std::uint32_t>(link.substr(kBefore.size(), link.size() - kBefore.size() - 1))
      .value_or(0);
}

/// Sockets that one round of the walk looks for together: those of one cgroup, or the rest.
struct Group {
  std::atomic<std::size_t> missing = 0;
};

struct Task {
  std::uint32_t pid = 0;
  std::uint32_t group = 0;
  bool hands_out = false;  ///< what it holds, others may hold as well: no search ends with it
};

class Walk {
 public:
  Walk(const fs::path& proc, const std::vector<WantedSocket>& wanted, const WalkOptions& options)
      : proc_(open(proc.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        wanted_(wanted),
        options_(options),
        inodes_(wanted),
        group_of_(wanted.size(), 0),
        found_(std::make_unique<std::atomic<bool>[]>(wanted.size())) {}

  /// First round: each cgroup's own processes, for its own sockets.
  void search_cgroups(const std::vector<CgroupMembers>& cgroups) {
    std::unordered_map<std::uint64_t, std::uint32_t> group_of_id;
    std::vector<Task> tasks;
    for (const CgroupMembers& cgroup : cgroups) {
      groups_.push_back(std::make_unique<Group>());
      const auto group = static_cast<std::uint32_t>(groups_.size());
      group_of_id.emplace(cgroup.id, group);
      for (const std::uint32_t pid : cgroup.pids) tasks.push_back({pid, group});
      if (cgroup.hands_out) {
        inits_.insert(inits_.end(), cgroup.pids.begin(), cgroup.pids.end());
        std::sort(inits_.begin(), inits_.end());
      }
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const auto group = group_of_id.find(wanted_[i].cgroup);
      if (group == group_of_id.end() || !is_first(i)) continue;
      group_of_[i] = group->second;
      ++groups_[group->second - 1]->missing;
    }
    run(tasks);
  }

  /// Second round: everybody, for what is still missing.
  void search_all(const std::vector<std::uint32_t>& pids) {
    Group& rest = *groups_.emplace_back(std::make_unique<Group>());
    const auto index = static_cast<std::uint32_t>(groups_.size());
    std::vector<std::uint32_t> uids;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (wanted_[i].inode == 0 || !is_first(i) || found_[i]) continue;
      group_of_[i] = index;
      ++rest.missing;
      if (uids.empty() || uids.back() != wanted_[i].uid) uids.push_back(wanted_[i].uid);
    }
    if (rest.missing == 0 && !options_.complete) return;
    std::sort(uids.begin(), uids.end());
    std::vector<Task> tasks;
    for (const std::uint32_t pid : likely_first(pids, uids)) tasks.push_back({pid, index});
    run(tasks);
  }

  Holders take() {
    finish(result_);
    return std::move(result_);
  }

 private:
  /// One thread's part of the walk.
  struct Worker {
    std::vector<Holding> holdings;
    std::vector<HolderProcess> processes;
    std::size_t unreadable = 0;
    bool limit_reached = false;
    std::vector<char> entries = std::vector<char>(kEntriesBytes);
  };

  bool hands_out(std::uint32_t pid) const {
    return std::binary_search(inits_.begin(), inits_.end(), pid);
  }

  bool is_first(std::size_t i) const { return inodes_.find(wanted_[i].inode) == i; }

  // Users' own processes first: their sockets are rarely held by others. Kernel threads, and since
  // Linux 6.2 other processes without descriptors, are left out.
  std::vector<std::uint32_t> likely_first(const std::vector<std::uint32_t>& pids,
                                          const std::vector<std::uint32_t>& uids) const {
    struct stat facts {};
    const bool has_sizes = fstatat(proc_.get(), "self/fd", &facts, 0) == 0 && facts.st_size > 0;
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> later;
    for (const std::uint32_t pid : pids) {
      if (hands_out(pid)) continue;
      const bool known = fstatat(proc_.get(), ProcName(pid, "/fd").c_str(), &facts, 0) == 0;
      if (known && has_sizes && facts.st_size == 0) continue;
      const bool likely = known && std::binary_search(uids.begin(), uids.end(), facts.st_uid);
      (likely ? first : later).push_back(pid);
    }
    first.insert(first.end(), later.begin(), later.end());
    first.insert(first.end(), inits_.begin(), inits_.end());
    return first;
  }

  void run(const std::vector<Task>& tasks) {
    std::atomic<std::size_t> next = 0;
    std::vector<Worker> workers(
        std::clamp<std::size_t>(tasks.size() / kTasksPerThread, 1, std::max(options_.threads, 1U)));
    const auto work = [&](Worker& worker) {
      for (std::size_t i = next++; i < tasks.size(); i = next++) look_into(tasks[i], worker);
    };
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < workers.size(); ++i) {
        threads.emplace_back(work, std::ref(workers[i]));
      }
      work(workers.front());
    }
    for (Worker& worker : workers) {
      result_.unreadable += worker.unreadable;
      result_.limit_reached = result_.limit_reached || worker.limit_reached;
      append(result_.holdings, worker.holdings);
      append(result_.processes, worker.processes);
    }
  }

  template <class T>
  static void append(std::vector<T>& to, std::vector<T>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }

  bool is_done(const Task& task) const {
    return !options_.complete && groups_[task.group - 1]->missing == 0;
  }

  void look_into(const Task& task, Worker& worker) {
    if (is_done(task)) return;
    const std::size_t before = worker.holdings.size();
    read_folder(task, worker);
    if (worker.holdings.size() == before) return;
    worker.processes.push_back({task.pid, comm_of(task.pid), 0});
  }

  void read_folder(const Task& task, Worker& worker) {
    const UniqueFd folder(
        openat(proc_.get(), ProcName(task.pid, "/fd").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
      if (errno == EACCES || errno == EPERM) ++worker.unreadable;
      return;
    }
    for (;;) {
      const auto size =
          syscall(SYS_getdents64, folder.get(), worker.entries.data(), worker.entries.size());
      if (size <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        EntryHead head{};
        std::memcpy(&head, worker.entries.data() + at, kNameOffset);
        const char* name = worker.entries.data() + at + kNameOffset;
        at += head.size;
        if (*name == '.') continue;
        if (descriptors_++ > kDescriptorsMax) {
          worker.limit_reached = true;
          return;
        }
        read_link(folder.get(), name, task, worker);
        if (is_done(task)) return;
      }
    }
  }

  void read_link(int folder, const char* name, const Task& task, Worker& worker) {
    std::array<char, 64> target{};
    const ssize_t size = readlinkat(folder, name, target.data(), target.size());
    if (size <= 0) return;
    const std::uint32_t inode = inode_of({target.data(), static_cast<std::size_t>(size)});
    if (inode == 0) return;
    const std::uint32_t index = inodes_.find(inode);
    if (index == InodeTable::kNone) return;
    worker.holdings.push_back({inode, task.pid});
    // The search goes on for who uses them.
    if (hands_out(task.pid) || found_[index].exchange(true)) return;
    if (const std::uint32_t group = group_of_[index]; group != 0) --groups_[group - 1]->missing;
  }

  std::string comm_of(std::uint32_t pid) const {
    const UniqueFd file(openat(proc_.get(), ProcName(pid, "/comm").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 64> text{};
    const ssize_t size = file ? read(file.get(), text.data(), text.size()) : 0;
    std::string_view comm(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (comm.ends_with('\n')) comm.remove_suffix(1);
    return std::string(comm);
  }

  UniqueFd proc_;
  const std::vector<WantedSocket>& wanted_;
  WalkOptions options_;
  InodeTable inodes_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<std::uint32_t> group_of_;  ///< of each wanted socket: 0 for none, else its number
  std::unique_ptr<std::atomic<bool>[]> found_;
  /// This system's, and those of containers: what they hold, services may hold as well. Rising.
  std::vector<std::uint32_t> inits_ = {kInit};
  std::atomic<std::size_t> descriptors_ = 0;
  Holders result_;
};

}  // namespace

Holders walk_processes(const WalkPlaces& places, const std::vector<WantedSocket>& wanted,
                       const WalkOptions& options) {
  if (wanted.empty()) return {};
  Walk walk(places.proc, wanted, options);
  if (!options.complete) walk.search_cgroups(places.cgroups);
  walk.search_all(places.pids);
  return walk.take();
}

}  // namespace deadlight::linux_host
