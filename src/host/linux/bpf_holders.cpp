#include "host/linux/bpf_holders.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "host/linux/bpf/holders_load.h"
#include "host/linux/bpf_error.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kRoomMin = 16'384;
constexpr std::size_t kRoomMax = 64'000'000;
constexpr std::size_t kRoomFactor = 8;
constexpr std::size_t kProcessesAhead = 1024;  // that start meanwhile, and threads of their own

// As in bpf/holders.bpf.c.
struct BpfProcess {
  std::uint64_t cgroup;
  std::uint32_t pid;
  std::uint32_t unused;
  std::array<char, 16> comm;
};
struct BpfCounts {
  std::uint32_t holdings;
  std::uint32_t processes;
  std::uint32_t full;
};

struct Program {
  UniqueFd link;
  UniqueFd holdings;
  UniqueFd processes;
};

Result<Program> load(std::size_t holdings, std::size_t processes) {
  int error = 0;
  for (const int direct : {1, 0}) {
    deadlight_holders loaded{};
    error = -deadlight_load_holders(direct, static_cast<std::uint32_t>(holdings),
                                    static_cast<std::uint32_t>(processes), &loaded);
    if (error == 0) {
      return Program{UniqueFd(loaded.link), UniqueFd(loaded.holdings), UniqueFd(loaded.processes)};
    }
    if (error == EPERM || error == EACCES) break;
  }
  return tl::make_unexpected(bpf_error(error));
}

/// Drives the program over all tasks.
Result<BpfCounts> run(const Program& program) {
  bpf_attr request{};
  request.iter_create.link_fd = static_cast<__u32>(program.link.get());
  const UniqueFd iterator(
      static_cast<int>(syscall(SYS_bpf, BPF_ITER_CREATE, &request, sizeof request)));
  if (!iterator) return tl::make_unexpected(bpf_error(errno));
  for (;;) {
    BpfCounts counts{};
    const ssize_t size = read(iterator.get(), &counts, sizeof counts);
    // After a million tasks the kernel takes a breath.
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0) return tl::make_unexpected(bpf_error(errno));
    if (size != sizeof counts) return tl::make_unexpected(bpf_error(EPROTO));
    return counts;
  }
}

/// The entries that the program filled in, read in place.
template <class T>
class Entries {
 public:
  Entries(const UniqueFd& map, std::size_t count) : bytes_(count * sizeof(T)), count_(count) {
    if (count > 0) start_ = mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, map.get(), 0);
  }
  Entries(const Entries&) = delete;
  Entries& operator=(const Entries&) = delete;
  ~Entries() {
    if (is_there()) munmap(start_, bytes_);
  }
  std::span<const T> all() const {
    if (!is_there()) return {};
    return {static_cast<const T*>(start_), count_};
  }

 private:
  bool is_there() const { return start_ != nullptr && start_ != MAP_FAILED; }

  void* start_ = nullptr;
  std::size_t bytes_;
  std::size_t count_;
};

Holders take(const Program& program, const BpfCounts& counts,
             const std::vector<WantedSocket>& wanted) {
  const InodeTable inodes(wanted);
  Holders holders;
  const Entries<Holding> held(program.holdings, counts.holdings);
  for (const Holding& holding : held.all()) {
    if (inodes.find(holding.inode) != InodeTable::kNone) holders.holdings.push_back(holding);
  }
  std::vector<std::uint32_t> pids;
  for (const Holding& holding : holders.holdings) {
    if (pids.empty() || pids.back() != holding.pid) pids.push_back(holding.pid);
  }
  std::sort(pids.begin(), pids.end());
  const Entries<BpfProcess> processes(program.processes, counts.processes);
  for (const BpfProcess& process : processes.all()) {
    if (!std::binary_search(pids.begin(), pids.end(), process.pid)) continue;
    const std::size_t size = strnlen(process.comm.data(), process.comm.size());
    holders.processes.push_back(
        {process.pid, std::string(process.comm.data(), size), process.cgroup});
  }
  finish(holders);
  return holders;
}

}  // namespace

bool has_bpf() { return true; }

Result<Holders> bpf_holders(const std::vector<WantedSocket>& wanted, const BpfExpected& expected) {
  std::size_t room = kRoomMin + 2 * std::max(wanted.size(), expected.descriptors);
  std::size_t process_room = kProcessesAhead + expected.processes;
  for (; room < kRoomMax; room *= kRoomFactor, process_room *= kRoomFactor) {
    const Program program = DEADLIGHT_TRY(load(room, process_room));
    const BpfCounts counts = DEADLIGHT_TRY(run(program));
    if (counts.full == 0) return take(program, counts, wanted);
  }
  return fail(Errc::limit, "BPF: there are more open sockets than it has room for");
}

}  // namespace deadlight::linux_host
