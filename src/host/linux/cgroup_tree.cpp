#include "host/linux/cgroup_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCgroupsMax = 200'000;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kProcsBytesMax = 64U << 20U;
constexpr const char* kPlaces[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
// A handle of kernfs is its 64-bit id: FILEID_KERNFS in the kernel's include/linux/exportfs.h,
// since Linux 5.5.
constexpr int kKernfsHandle = 0xFE;

bool is_unified(const fs::path& root) {
  struct statfs facts {};
  return statfs(root.c_str(), &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC;
}

}  // namespace

CgroupTree::CgroupTree(fs::path root, UniqueFd handle)
    : root_(std::move(root)), handle_(std::move(handle)), handles_refused_(!is_unified(root_)) {}

Result<CgroupTree> CgroupTree::open() {
  for (const char* place : kPlaces) {
    if (is_unified(place)) return open(place);
  }
  return fail(Errc::not_found, "no unified cgroup hierarchy is mounted below /sys/fs/cgroup");
}

Result<CgroupTree> CgroupTree::open(const fs::path& root) {
  UniqueFd handle(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle) {
    return fail(Errc::not_found, fmt::format("{}: {}", root.string(), std::strerror(errno)));
  }
  return CgroupTree(root, std::move(handle));
}

std::optional<std::string> CgroupTree::path(std::uint64_t id) {
  if (const auto known = known_.find(id); known != known_.end()) return known->second;
  std::optional<std::string> found;
  if (!handles_refused_) found = path_by_handle(id);
  if (!found && handles_refused_ && !walked_) {
    walk();
    return path(id);
  }
  if (found) known_.emplace(id, *found);
  return found;
}

std::optional<std::string> CgroupTree::path_by_handle(std::uint64_t id) {
  alignas(file_handle) std::array<std::byte, sizeof(file_handle) + sizeof id> space{};
  auto* request = reinterpret_cast<file_handle*>(space.data());
  request->handle_bytes = sizeof id;
  request->handle_type = kKernfsHandle;
  std::memcpy(request->f_handle, &id, sizeof id);
  const UniqueFd found(open_by_handle_at(handle_.get(), request, O_PATH | O_CLOEXEC));
  if (!found) {
    handles_refused_ = errno != ESTALE;  // it takes CAP_DAC_READ_SEARCH
    return std::nullopt;
  }
  std::error_code error;
  const std::string path =
      fs::read_symlink(fmt::format("/proc/self/fd/{}", found.get()), error).string();
  const std::string& root = root_.native();
  if (error || !path.starts_with(root)) return std::nullopt;
  return path.size() == root.size() ? "/" : path.substr(root.size());
}

void CgroupTree::walk() {
  walked_ = true;
  struct stat facts {};
  if (fstat(handle_.get(), &facts) == 0) known_.emplace(facts.st_ino, "/");
  std::error_code error;
  fs::recursive_directory_iterator entry(root_, fs::directory_options::skip_permission_denied,
                                         error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (!entry->is_directory(gone) || gone) continue;
    if (known_.size() == kCgroupsMax) return;
    if (static_cast<std::size_t>(entry.depth()) >= kDepthMax) entry.disable_recursion_pending();
    const fs::path& path = entry->path();
    if (stat(path.c_str(), &facts) == 0) {
      known_.emplace(facts.st_ino, path.native().substr(root_.native().size()));
    }
  }
}

std::vector<std::uint32_t> CgroupTree::processes(const std::string& path) const {
  std::vector<std::uint32_t> pids;
  const auto text = read_file(root_.native() + path + "/cgroup.procs", kProcsBytesMax);
  if (!text) return pids;
  for (const std::string_view line : split(*text, '\n')) {
    if (const auto pid = number<std::uint32_t>(line); pid && *pid != 0) pids.push_back(*pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace deadlight::linux_host
