#include "host/linux/cgroup_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCgroupsMax = 200'000;
constexpr std::size_t kStatBytesMax = 4096;
constexpr std::size_t kProcsBytesMax = 64U << 20U;
constexpr const char* kPlaces[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
// A handle of kernfs is its 64-bit id: FILEID_KERNFS in the kernel's include/linux/exportfs.h,
// since Linux 5.5.
constexpr int kKernfsHandle = 0xFE;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

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

// Cgroups are folders among many files, whose kind the listing itself tells.
void CgroupTree::walk() {
  walked_ = true;
  std::vector<std::string> pending = {""};
  while (!pending.empty() && known_.size() < kCgroupsMax) {
    const std::string path = std::move(pending.back());
    pending.pop_back();
    const Directory folder(opendir((root_.native() + path).c_str()));
    if (!folder) continue;
    struct stat facts {};
    if (fstat(dirfd(folder.get()), &facts) == 0) {
      known_.emplace(facts.st_ino, path.empty() ? "/" : path);
    }
    while (const dirent* entry = readdir(folder.get())) {
      const std::string_view name = entry->d_name;
      if (entry->d_type != DT_DIR || name == "." || name == "..") continue;
      pending.push_back(path + '/' + std::string(name));
    }
  }
}

std::size_t CgroupTree::count() const {
  constexpr std::string_view kBefore = "nr_descendants ";
  const auto text = read_file(root_ / "cgroup.stat", kStatBytesMax);
  if (!text) return 0;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.starts_with(kBefore)) {
      return number<std::size_t>(line.substr(kBefore.size())).value_or(0);
    }
  }
  return 0;
}

std::vector<std::uint32_t> CgroupTree::first_processes() {
  if (!walked_) walk();
  std::vector<std::uint32_t> pids;
  for (const auto& [id, path] : known_) {
    const UniqueFd file(
        ::open((root_.native() + path + "/cgroup.procs").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 16> front{};
    const ssize_t size = file ? read(file.get(), front.data(), front.size()) : 0;
    const std::string_view text(front.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    const auto pid = number<std::uint32_t>(text.substr(0, text.find('\n')));
    if (pid && *pid != 0) pids.push_back(*pid);  // 0: of another PID namespace
  }
  return pids;
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
