#include "host/linux/socket_owners.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "host/linux/cgroup.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProcessesMax = 200'000;
constexpr std::size_t kDescriptorsMax = 10'000'000;  ///< of all processes together
constexpr std::size_t kSmallFileBytesMax = 64 * 1024;
constexpr std::size_t kCommBytes = 15;  ///< TASK_COMM_LEN of the kernel, without the final zero

/// "socket:[1603]" → 1603
std::optional<std::uint64_t> inode_of(std::string_view link) {
  constexpr std::string_view kBefore = "socket:[";
  if (!link.starts_with(kBefore) || !link.ends_with(']')) return std::nullopt;
  return number<std::uint64_t>(link.substr(kBefore.size(), link.size() - kBefore.size() - 1));
}

std::string small_file(const fs::path& path) {
  auto text = read_file(path, kSmallFileBytesMax);
  return text ? std::move(*text) : std::string();
}

std::string program_path(const fs::path& process) {
  constexpr std::string_view kDeleted = " (deleted)";
  std::error_code error;
  std::string path = fs::read_symlink(process / "exe", error).string();
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return path;
}

SocketProcess describe(const fs::path& process, std::uint32_t pid) {
  SocketProcess result;
  result.pid = pid;
  result.path = program_path(process);
  result.unit = unit_of_cgroup(small_file(process / "cgroup"));
  result.image = small_file(process / "comm");
  if (!result.image.empty() && result.image.back() == '\n') result.image.pop_back();
  // The kernel cuts the name; the program's file has it whole. A name that a program gave itself
  // ("sshd: user") is kept.
  const std::string file = fs::path(result.path).filename().string();
  const bool cut = result.image.size() >= kCommBytes && file.starts_with(result.image);
  if (cut || result.image.empty()) result.image = file;
  return result;
}

class Walk {
 public:
  Walk(const fs::path& root, const std::set<std::uint64_t>& wanted)
      : root_(root), wanted_(wanted) {}

  SocketOwners run() {
    for (const std::uint32_t pid : pids()) look_into(pid);
    return std::move(owners_);
  }

 private:
  std::vector<std::uint32_t> pids() {
    std::vector<std::uint32_t> result;
    std::error_code error;
    for (fs::directory_iterator entry(root_, error), end; !error && entry != end;
         entry.increment(error)) {
      const auto pid = number<std::uint32_t>(entry->path().filename().string());
      if (!pid) continue;
      if (result.size() == kProcessesMax) {
        owners_.limit_reached = true;
        break;
      }
      result.push_back(*pid);
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  void look_into(std::uint32_t pid) {
    const fs::path process = root_ / std::to_string(pid);
    std::error_code error;
    fs::directory_iterator entry(process / "fd", error);
    if (error) {
      if (error == std::errc::permission_denied) ++owners_.unreadable;
      return;
    }
    std::set<std::uint64_t> held;
    for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
      if (++descriptors_ > kDescriptorsMax) {
        owners_.limit_reached = true;
        break;
      }
      std::error_code gone;
      const auto inode = inode_of(fs::read_symlink(entry->path(), gone).native());
      if (inode && wanted_.count(*inode) > 0) held.insert(*inode);
    }
    if (held.empty()) return;
    owners_.processes.emplace(pid, describe(process, pid));
    for (const std::uint64_t inode : held) owners_.pids_of[inode].push_back(pid);
  }

  const fs::path& root_;
  const std::set<std::uint64_t>& wanted_;
  SocketOwners owners_;
  std::size_t descriptors_ = 0;
};

}  // namespace

SocketOwners find_owners(const fs::path& root, const std::set<std::uint64_t>& wanted) {
  if (wanted.empty()) return {};
  return Walk(root, wanted).run();
}

}  // namespace deadlight::linux_host
