#include "host/linux/net_namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/file.h"
#include "base/text.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProcessesMax = 4'194'304;  // PID_MAX_LIMIT
constexpr const char* kNetnsFolder = "/run/netns";
constexpr std::size_t kNamesMax = 10'000;
constexpr std::size_t kIdLetters = 12;  // as the runtimes' own lists show an id
constexpr std::size_t kCgroupBytesMax = 64 * 1024;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// "net:[4026531840]" → 4026531840; 0 if it may not be seen or the process is gone.
std::uint64_t namespace_of(int proc, const char* link) {
  std::array<char, 64> target{};
  const ssize_t size = readlinkat(proc, link, target.data(), target.size());
  if (size <= 0) return 0;
  const std::string_view text(target.data(), static_cast<std::size_t>(size));
  const auto open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return 0;
  return number<std::uint64_t>(text.substr(open + 1, text.size() - open - 2)).value_or(0);
}

bool is_hex_id(std::string_view text) {
  constexpr std::size_t kLettersMin = 32;
  return text.size() >= kLettersMin && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// How runtimes call the cgroup of a container: what stands before and after its id or name.
struct CgroupForm {
  std::string_view before;
  std::string_view after;
  bool is_id;
};
constexpr CgroupForm kForms[] = {{"docker-", ".scope", true},
                                 {"libpod-", ".scope", true},
                                 {"crio-", ".scope", true},
                                 {"cri-containerd-", ".scope", true},
                                 {"nerdctl-", ".scope", true},
                                 {"machine-", ".scope", false},
                                 {"systemd-nspawn@", ".service", false},
                                 {"lxc.payload.", "", false},
                                 {"libpod_pod_", "", true}};

std::string container_of_part(std::string_view part, std::string_view parent) {
  for (const CgroupForm& form : kForms) {
    if (part.size() <= form.before.size() + form.after.size() || !part.starts_with(form.before) ||
        !part.ends_with(form.after)) {
      continue;
    }
    const std::string_view name =
        part.substr(form.before.size(), part.size() - form.before.size() - form.after.size());
    if (form.is_id && is_hex_id(name)) return std::string(name.substr(0, kIdLetters));
    if (!form.is_id) return std::string(name);
  }
  const bool named_parent = parent == "docker" || parent == "lxc" || parent == "garden";
  if (parent == "lxc") return std::string(part);
  const bool in_pod = parent.starts_with("pod") || parent.starts_with("kubepods");
  if ((named_parent || in_pod) && is_hex_id(part)) return std::string(part.substr(0, kIdLetters));
  return {};
}

/// Names that `ip netns` gave, by inode.
std::unordered_map<std::uint64_t, std::string> netns_names() {
  std::unordered_map<std::uint64_t, std::string> names;
  std::error_code error;
  fs::directory_iterator entry(kNetnsFolder, error);
  for (const fs::directory_iterator end; !error && entry != end && names.size() < kNamesMax;
       entry.increment(error)) {
    struct stat facts {};
    if (stat(entry->path().c_str(), &facts) == 0) {
      names.emplace(facts.st_ino, entry->path().filename().string());
    }
  }
  return names;
}

}  // namespace

namespace {

/// What list_processes() and list_by_cgroup() do with one process.
class NamespaceFinder {
 public:
  NamespaceFinder(int proc, ProcessList& list)
      : proc_(proc), list_(list), own_(namespace_of(proc, "thread-self/ns/net")), last_(own_) {}

  void look_at(std::uint32_t pid) {
    std::array<char, 32> link{};
    *fmt::format_to_n(link.data(), link.size() - 1, "{}/ns/net", pid).out = '\0';
    errno = 0;
    const std::uint64_t inode = namespace_of(proc_, link.data());
    if (inode == 0 && (errno == EACCES || errno == EPERM)) ++list_.hidden;
    if (inode != last_) add(inode, pid);
  }

  void add(std::uint64_t inode, std::uint32_t pid) {
    if (inode == 0 || inode == own_) return;
    last_ = inode;
    list_.namespaces.push_back({inode, pid, {}});
  }

  void finish() {
    auto& all = list_.namespaces;
    std::sort(all.begin(), all.end(), [](const NetNamespace& a, const NetNamespace& b) {
      return a.inode != b.inode ? a.inode < b.inode : a.pid > b.pid;
    });
    const auto same = [](const auto& a, const auto& b) { return a.inode == b.inode; };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    std::sort(list_.pids.begin(), list_.pids.end());
  }

 private:
  int proc_;
  ProcessList& list_;
  std::uint64_t own_;
  std::uint64_t last_;
};

}  // namespace

ProcessList list_processes(const fs::path& proc) {
  ProcessList list;
  const Directory directory(opendir(proc.c_str()));
  if (!directory) return list;
  NamespaceFinder finder(dirfd(directory.get()), list);
  while (const dirent* entry = readdir(directory.get())) {
    const auto pid = number<std::uint32_t>(entry->d_name);
    if (!pid) continue;
    if (list.pids.size() == kProcessesMax) {
      list.limit_reached = true;
      break;
    }
    list.pids.push_back(*pid);
    finder.look_at(*pid);
  }
  finder.finish();
  return list;
}

ProcessList list_by_cgroup(const fs::path& proc, CgroupTree& cgroups) {
  ProcessList list;
  const Directory directory(opendir(proc.c_str()));
  if (!directory) return list;
  NamespaceFinder finder(dirfd(directory.get()), list);
  for (const std::uint32_t pid : cgroups.first_processes()) finder.look_at(pid);
  for (const auto& [inode, name] : netns_names()) finder.add(inode, 0);
  finder.finish();
  return list;
}

std::string container_of_cgroup(std::string_view path) {
  // The innermost container: one may run in another.
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const std::string_view part = slash == std::string_view::npos ? path : path.substr(slash + 1);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    const std::string_view parent = path.substr(path.rfind('/') + 1);
    if (std::string name = container_of_part(part, parent); !name.empty()) return name;
  }
  return {};
}

void name_namespaces(ProcessList& list, const fs::path& proc) {
  if (list.namespaces.empty()) return;
  const auto names = netns_names();
  for (NetNamespace& one : list.namespaces) {
    const auto text = one.pid != 0
                          ? read_file(proc / std::to_string(one.pid) / "cgroup", kCgroupBytesMax)
                          : Result<std::string>(std::string());
    for (const std::string_view line :
         text ? split(*text, '\n') : std::vector<std::string_view>()) {
      const auto path = line.find('/');
      if (path == std::string_view::npos || !one.name.empty()) continue;
      if (const std::string container = container_of_cgroup(line.substr(path));
          !container.empty()) {
        one.name = "container " + container;
      }
    }
    if (!one.name.empty()) continue;
    const auto named = names.find(one.inode);
    one.name = named != names.end() ? "netns " + named->second : fmt::format("netns {}", one.inode);
  }
}

bool enter_net_namespace(const fs::path& proc, const NetNamespace& to) {
  constexpr std::string_view kNamed = "netns ";
  const fs::path path = to.pid != 0 ? proc / std::to_string(to.pid) / "ns" / "net"
                                    : fs::path(kNetnsFolder) / to.name.substr(kNamed.size());
  const UniqueFd handle(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return handle && setns(handle.get(), CLONE_NEWNET) == 0;
}

}  // namespace deadlight::linux_host
