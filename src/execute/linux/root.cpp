#include "execute/linux/root.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace deadlight::execute {
namespace {

constexpr int kLinksMax = 8;
constexpr std::size_t kMatchesMax = 1000;
constexpr std::size_t kNamesMax = 100'000;  ///< of one folder

Result<> check(std::string_view path) {
  const bool sound = path.starts_with('/') && path.size() > 1 && path.size() < PATH_MAX &&
                     path.find('\0') == std::string_view::npos;
  std::string_view rest = path.substr(sound ? 1 : 0);
  for (const std::string_view part : split(rest, '/')) {
    if (sound && !part.empty() && part != "." && part != "..") continue;
    return fail(Errc::malformed,
                fmt::format("'{}' is no path from / on without '.' and '..'", path));
  }
  return {};
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// How `pattern` with its one-part stars fits `name`; what the stars stood for goes to `stars`.
bool fits(std::string_view pattern, std::string_view name, std::vector<std::string>& stars) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const std::string_view before = pattern.substr(0, star);
  if (!name.starts_with(before)) return false;
  name.remove_prefix(before.size());
  if (before.empty() && name.starts_with('.')) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t length = name.size() + 1; length-- > 0;) {
    const std::size_t known = stars.size();
    stars.emplace_back(name.substr(0, length));
    if (fits(rest, name.substr(length), stars)) return true;
    stars.resize(known);
  }
  return false;
}

}  // namespace

tl::unexpected<Error> system_failure(std::string_view path, std::string_view action, int error) {
  if (error == EACCES || error == EPERM || error == EROFS) {
    const std::string_view advice =
        error == EROFS ? "mount it writable" : "run as root, and see whether it is immutable";
    return fail(Errc::denied,
                fmt::format("{}: cannot {}: {}; {}", path, action, std::strerror(error), advice));
  }
  const std::string_view advice = error == ENOSPC || error == EDQUOT
                                      ? "free some space and try again"
                                      : "see the system log, and try again";
  return fail(Errc::io,
              fmt::format("{}: cannot {}: {}; {}", path, action, std::strerror(error), advice));
}

Result<Root> Root::open(const std::filesystem::path& folder) {
  const std::string name = folder.string();
  const int handle = ::open(name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (handle >= 0) return Root(UniqueFd(handle), folder == "/");
  if (errno == ENOENT || errno == ENOTDIR) {
    return fail(Errc::not_found, name + ": is no folder; give the root of a Linux system");
  }
  return system_failure(name, "open", errno);
}

Result<std::optional<UniqueFd>> Root::open_at(std::string_view path, int flags) const {
  DEADLIGHT_TRY(check(path));
  const std::string below(path.substr(1));
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  long handle = syscall(SYS_openat2, folder_.get(), below.c_str(), &how, sizeof how);
  if (handle < 0 && errno == ENOSYS && is_all_) {
    handle = openat(folder_.get(), below.c_str(), flags | O_CLOEXEC);
  }
  if (handle >= 0) return std::optional<UniqueFd>(UniqueFd(static_cast<int>(handle)));
  if (errno == ENOENT || errno == ENOTDIR) return std::optional<UniqueFd>();
  if (errno == ELOOP) {
    return fail(Errc::refused, fmt::format("{}: a link stands where none may be followed", path));
  }
  return system_failure(path, "open", errno);
}

Result<std::optional<Root::Place>> Root::place(std::string_view path) const {
  DEADLIGHT_TRY(check(path));
  const auto slash = path.rfind('/');
  Place place{UniqueFd(), std::string(path.substr(slash + 1))};
  if (slash == 0) {
    place.folder = UniqueFd(openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!place.folder) return system_failure(path, "open its folder", errno);
    return std::optional<Place>(std::move(place));
  }
  std::optional<UniqueFd> folder =
      DEADLIGHT_TRY(open_at(path.substr(0, slash), O_RDONLY | O_DIRECTORY));
  if (!folder) return std::optional<Place>();
  place.folder = std::move(*folder);
  return std::optional<Place>(std::move(place));
}

Result<std::string> Root::resolve(std::string_view path) const {
  std::string now(path);
  for (int links = 0; links <= kLinksMax; ++links) {
    const std::optional<Place> at = DEADLIGHT_TRY(place(now));
    if (!at) return now;
    std::array<char, PATH_MAX> buffer{};
    const ssize_t size =
        readlinkat(at->folder.get(), at->name.c_str(), buffer.data(), buffer.size());
    if (size < 0) return now;
    const std::filesystem::path target(
        std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    // What ".." means is worked out by name: links of the folders before it are rare in /etc.
    now = (std::filesystem::path(now).parent_path() / target).lexically_normal().string();
  }
  return fail(Errc::refused,
              fmt::format("{}: more than {} links one after the other", path, kLinksMax));
}

Result<std::vector<std::string>> Root::names_in(std::string_view folder) const {
  std::vector<std::string> names;
  std::optional<UniqueFd> opened;
  if (folder.empty()) {
    opened = UniqueFd(openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  } else {
    opened = DEADLIGHT_TRY(open_at(folder, O_RDONLY | O_DIRECTORY));
  }
  if (!opened || !*opened) return names;
  const int copy = dup(opened->get());  // closedir() closes it
  const std::unique_ptr<DIR, CloseFolder> open(fdopendir(copy));
  if (!open) return system_failure(folder, "list", errno);
  while (const dirent* entry = readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == kNamesMax) {
      return fail(Errc::limit, fmt::format("{}: more than {} entries", folder, kNamesMax));
    }
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<Root::Match>> Root::matches(std::string_view pattern) const {
  DEADLIGHT_TRY(check(pattern));
  std::vector<Match> found = {{}};
  for (const std::string_view part : split(pattern.substr(1), '/')) {
    std::vector<Match> next;
    for (const Match& match : found) {
      if (part.find('*') == std::string_view::npos) {
        next.push_back({fmt::format("{}/{}", match.path, part), match.stars});
        continue;
      }
      const std::vector<std::string> names = DEADLIGHT_TRY(names_in(match.path));
      for (const std::string& name : names) {
        Match longer{fmt::format("{}/{}", match.path, name), match.stars};
        if (fits(part, name, longer.stars)) next.push_back(std::move(longer));
      }
    }
    if (next.size() > kMatchesMax) {
      return fail(Errc::limit,
                  fmt::format("{}: stands for more than {} files", pattern, kMatchesMax));
    }
    found = std::move(next);
  }
  std::vector<Match> there;
  for (Match& match : found) {
    if (DEADLIGHT_TRY(open_at(match.path, O_PATH | O_NOFOLLOW))) there.push_back(std::move(match));
  }
  return there;
}

}  // namespace deadlight::execute
