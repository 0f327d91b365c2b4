#include "execute/journal_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace deadlight::execute {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::size_t kChunkBytes = 64 * 1024;

class Handle {
 public:
  explicit Handle(int value) : value_(value) {}
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

class PosixJournalFile : public JournalFile {
 public:
  PosixJournalFile(std::string name, Handle lock, Handle file)
      : name_(std::move(name)), lock_(std::move(lock)), file_(std::move(file)) {}

  Result<std::string> read(std::size_t bytes_max) override {
    std::string content;
    std::array<char, kChunkBytes> chunk{};
    while (content.size() <= bytes_max) {
      const ssize_t got =
          ::pread(file_.get(), chunk.data(), chunk.size(), static_cast<off_t>(content.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return file_error(name_, "read", errno);
      if (got == 0) return content;
      content.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return fail(Errc::limit,
                fmt::format("{}: larger than {} bytes; no journal is", name_, bytes_max));
  }

  Result<> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::write(file_.get(), bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return file_error(name_, "write", errno);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  Result<> sync() override {
    if (::fsync(file_.get()) != 0) return file_error(name_, "sync", errno);
    return {};
  }

  Result<> truncate(std::uint64_t bytes) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) {
      return file_error(name_, "truncate", errno);
    }
    return {};
  }

 private:
  std::string name_;
  Handle lock_;
  Handle file_;
};

/// The journal's folder: made where it is missing, with its own folder synced.
Result<Handle> open_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return file_error(folder.string(), "create", errno);
  }
  Handle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0) return file_error(folder.string(), "open", errno);
  const Handle parent(::openat(handle.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) {
    return file_error(folder.string(), "sync the folder above", errno);
  }
  return handle;
}

/// What the journal says is done as root, so nobody else may write it.
Result<> check_owner(int handle, const std::string& name) {
  struct stat status {};
  if (::fstat(handle, &status) != 0) return file_error(name, "look at", errno);
  const bool ours = status.st_uid == ::geteuid() || status.st_uid == 0;
  if (ours && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return fail(Errc::refused,
              fmt::format("{}: others than its owner can write to it, or it is not yours (uid {}, "
                          "mode {:04o}); correct that, and check that nobody changed it",
                          name, status.st_uid, status.st_mode & 07777));
}

Result<Handle> open_file(const Handle& folder, const fs::path& path) {
  Handle handle(::openat(folder.get(), path.filename().c_str(),
                         O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         kFileMode));
  if (handle.get() < 0 && errno == ELOOP) {
    return fail(Errc::refused, fmt::format("{}: is a link; put a file there", path.string()));
  }
  if (handle.get() < 0) return file_error(path.string(), "open", errno);
  struct stat status {};
  if (::fstat(handle.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Errc::refused, fmt::format("{}: is no file; put one there", path.string()));
  }
  DEADLIGHT_TRY(check_owner(handle.get(), path.string()));
  return handle;
}

/// The PID that the holder of the lock wrote; empty if it did not get so far.
std::string holder_of(const Handle& lock) {
  std::array<char, 16> text{};
  const ssize_t got = ::pread(lock.get(), text.data(), text.size(), 0);
  const std::string_view pid =
      trim(std::string_view(text.data(), got < 0 ? 0 : static_cast<std::size_t>(got)));
  return number<std::uint32_t>(pid) ? fmt::format(" (PID {})", pid) : "";
}

Result<Handle> take_lock(const Handle& folder, const fs::path& path) {
  Handle lock = DEADLIGHT_TRY(open_file(folder, path.string() + ".lock"));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error(path.string(), "lock", errno);
    return fail(
        Errc::conflict,
        fmt::format("{}: another deadlight{} is changing this host; wait until it has ended",
                    path.string(), holder_of(lock)));
  }
  const std::string pid = fmt::format("{}\n", ::getpid());
  // For the message alone: on a full disk the lock holds all the same.
  const bool told = ::ftruncate(lock.get(), 0) == 0 &&
                    ::write(lock.get(), pid.data(), pid.size()) == static_cast<ssize_t>(pid.size());
  static_cast<void>(told);
  return lock;
}

}  // namespace

Result<std::unique_ptr<JournalFile>> open_journal_file(const fs::path& path) {
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Handle folder = DEADLIGHT_TRY(open_folder(parent));
  DEADLIGHT_TRY(check_owner(folder.get(), parent.string()));
  Handle lock = DEADLIGHT_TRY(take_lock(folder, path));
  Handle file = DEADLIGHT_TRY(open_file(folder, path));
  if (::fsync(folder.get()) != 0) return file_error(parent.string(), "sync", errno);
  return std::make_unique<PosixJournalFile>(path.string(), std::move(lock), std::move(file));
}

}  // namespace deadlight::execute
