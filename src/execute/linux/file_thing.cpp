#include "execute/linux/file_thing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <string_view>
#include <vector>

namespace deadlight::execute {
namespace {

constexpr std::string_view kBesideSuffix = ".deadlight-new";
constexpr std::size_t kNameBytesMax = NAME_MAX - kBesideSuffix.size() - 1;
constexpr std::size_t kAttributeBytesMax = 64 * 1024;  ///< XATTR_SIZE_MAX and XATTR_LIST_MAX
constexpr mode_t kPermissions = 07777;

using Place = Root::Place;

/// One path while it is looked at or set: `path` is for messages, all calls go by the folder.
class FileAt {
 public:
  FileAt(const std::string& path, const Place& place)
      : path_(path),
        folder_(place.folder.get()),
        name_(place.name),
        // Always the same, so that one left over by a kill is found; the dot and the ending keep
        // daemons that read a folder from taking it for one of its files.
        beside_(fmt::format(".{}{}", place.name, kBesideSuffix)) {}

  Result<State> state() const {
    struct stat info {};
    if (fstatat(folder_, name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return State{};
      return failed("look at it");
    }
    State state;
    if (S_ISLNK(info.st_mode)) {
      state.form = Form::link;
      state.content = DEADLIGHT_TRY(read_link());
      return state;
    }
    state.mode = info.st_mode & kPermissions;
    state.uid = info.st_uid;
    state.gid = info.st_gid;
    if (S_ISDIR(info.st_mode)) {
      state.form = Form::folder;
    } else if (S_ISREG(info.st_mode)) {
      state.form = Form::file;
      state.content = DEADLIGHT_TRY(read_content());
    } else {
      return fail(Errc::unsupported,
                  path_ + ": is neither a file, a link nor a folder; it is left alone");
    }
    return state;
  }

  Result<> set(const State& to) const {
    if (name_.size() > kNameBytesMax) {
      return fail(Errc::limit,
                  fmt::format("{}: its name has more than {} bytes", path_, kNameBytesMax));
    }
    DEADLIGHT_TRY(remove_left_over());
    const State now = DEADLIGHT_TRY(state());
    if (now == to) return {};
    DEADLIGHT_TRY(check_forms(now.form, to.form));
    switch (to.form) {
      case Form::absent:
        DEADLIGHT_TRY(remove(now.form));
        break;
      case Form::link:
        DEADLIGHT_TRY(place_link(to));
        break;
      case Form::folder:
        DEADLIGHT_TRY(now.form == Form::folder ? change_folder(to) : place_folder(to));
        break;
      case Form::file:
        DEADLIGHT_TRY(place_file(to));
        break;
      case Form::value:
        return fail(Errc::malformed, path_ + ": a file has no value; give its content");
    }
    if (fsync(folder_) != 0) return failed("sync its folder");
    return {};
  }

 private:
  tl::unexpected<Error> failed(std::string_view action) const {
    return system_failure(path_, action, errno);
  }

  Result<> check_forms(Form now, Form to) const {
    const bool is_folder = now == Form::folder;
    const bool wants_folder = to == Form::folder;
    if (now == Form::absent || to == Form::absent || is_folder == wants_folder) return {};
    return fail(Errc::conflict,
                fmt::format("{}: is {} folder now; move it away", path_, is_folder ? "a" : "no"));
  }

  Result<std::string> read_link() const {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlinkat(folder_, name_.c_str(), target.data(), target.size());
    if (size < 0) return failed("read the link");
    return std::string(target.data(), static_cast<std::size_t>(size));
  }

  Result<std::string> read_content() const {
    const UniqueFd file(
        openat(folder_, name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return failed("open it");
    std::string content;
    std::array<char, 64 * 1024> chunk{};
    for (;;) {
      const ssize_t size = read(file.get(), chunk.data(), chunk.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return failed("read it");
      if (size == 0) return content;
      content.append(chunk.data(), static_cast<std::size_t>(size));
      if (content.size() > kFileBytesMax) {
        return fail(Errc::limit, path_ + ": has more than 4 MiB; it is left alone");
      }
    }
  }

  Result<> remove_left_over() const {
    if (unlinkat(folder_, beside_.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno == EISDIR && unlinkat(folder_, beside_.c_str(), AT_REMOVEDIR) == 0) return {};
    return failed("remove what an earlier attempt left beside it");
  }

  Result<> remove(Form now) const {
    if (unlinkat(folder_, name_.c_str(), now == Form::folder ? AT_REMOVEDIR : 0) == 0) return {};
    if (errno == ENOTEMPTY || errno == EEXIST) {
      return fail(Errc::conflict, path_ + ": is not empty; move away what is in it");
    }
    return failed("remove it");
  }

  Result<> rename_into_place() const {
    if (renameat(folder_, beside_.c_str(), folder_, name_.c_str()) == 0) return {};
    const auto error = failed("put it in place");
    static_cast<void>(remove_left_over());
    return error;
  }

  Result<> place_link(const State& to) const {
    if (symlinkat(to.content.c_str(), folder_, beside_.c_str()) != 0) return failed("make a link");
    return rename_into_place();
  }

  Result<> place_folder(const State& to) const {
    if (mkdirat(folder_, beside_.c_str(), 0700) != 0) return failed("make a folder");
    DEADLIGHT_TRY(set_rights(beside_, to));
    return rename_into_place();
  }

  Result<> change_folder(const State& to) const { return set_rights(name_, to); }

  Result<> set_rights(const std::string& name, const State& to) const {
    const UniqueFd folder(
        openat(folder_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return failed("open it");
    return set_rights(folder, to);
  }

  // The owner first: a new one takes set-user-ID bits away.
  Result<> set_rights(const UniqueFd& file, const State& to) const {
    if (fchown(file.get(), to.uid, to.gid) != 0) return failed("give it its owner");
    if (fchmod(file.get(), to.mode & kPermissions) != 0) return failed("give it its mode");
    return {};
  }

  Result<> place_file(const State& to) const {
    const Result<> written = write_beside(to);
    if (!written) {
      static_cast<void>(remove_left_over());
      return written;
    }
    return rename_into_place();
  }

  Result<> write_beside(const State& to) const {
    const UniqueFd file(openat(folder_, beside_.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return failed("make a file beside it");
    std::string_view rest = to.content;
    while (!rest.empty()) {
      const ssize_t size = write(file.get(), rest.data(), rest.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return failed("write it");
      rest.remove_prefix(static_cast<std::size_t>(size));
    }
    DEADLIGHT_TRY(copy_attributes(file));
    DEADLIGHT_TRY(set_rights(file, to));
    if (fsync(file.get()) != 0) return failed("sync it");
    return {};
  }

  // Signatures of the old content (IMA, EVM) would be wrong for the new one.
  static bool is_signature(std::string_view attribute) {
    return attribute == "security.ima" || attribute == "security.evm";
  }

  Result<> copy_attributes(const UniqueFd& to) const {
    const UniqueFd from(
        openat(folder_, name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!from) return {};  // nothing there so far, or a link
    std::vector<char> names(kAttributeBytesMax);
    const ssize_t size = flistxattr(from.get(), names.data(), names.size());
    if (size < 0) return errno == ENOTSUP ? Result<>() : failed("list its attributes");
    std::vector<char> value(kAttributeBytesMax);
    for (const char* name = names.data(); name < names.data() + size;) {
      const std::string attribute = name;
      name += attribute.size() + 1;
      if (is_signature(attribute)) continue;
      const ssize_t bytes = fgetxattr(from.get(), attribute.c_str(), value.data(), value.size());
      if (bytes < 0) return failed("read " + attribute);
      if (fsetxattr(to.get(), attribute.c_str(), value.data(), static_cast<std::size_t>(bytes),
                    0) != 0) {
        return failed("keep " + attribute);
      }
    }
    return {};
  }

  const std::string& path_;
  int folder_;
  const std::string& name_;
  std::string beside_;
};

}  // namespace

Result<State> file_state(const Root& root, const std::string& path) {
  const std::optional<Place> place = DEADLIGHT_TRY(root.place(path));
  if (!place) return State{};
  return FileAt(path, *place).state();
}

Result<> set_file(const Root& root, const std::string& path, const State& to) {
  if (to.content.size() > kFileBytesMax) {
    return fail(Errc::limit, path + ": would have more than 4 MiB; it is left alone");
  }
  const std::optional<Place> place = DEADLIGHT_TRY(root.place(path));
  if (place) return FileAt(path, *place).set(to);
  if (to.form == Form::absent) return {};
  return fail(Errc::not_found, path + ": the folder that it belongs in is not there");
}

}  // namespace deadlight::execute
