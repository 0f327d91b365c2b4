#include "base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <system_error>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#else
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace deadlight {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr int kTemporaryTriesMax = 16;
constexpr int kWriterWaitMilliseconds = 3000;

Errc code_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return Errc::not_found;
  if (error == EACCES || error == EPERM || error == EROFS) return Errc::denied;
  return Errc::io;
}

std::string advice(int error) {
  switch (code_of(error)) {
    case Errc::not_found:
      return "check the spelling of the path";
    case Errc::denied:
      return "check the rights, or choose another path";
    default:
      break;
  }
  if (error == ENOSPC) return "free some space, or choose another disk";
  return "check the disk and try again";
}

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

#ifndef _WIN32
/// A named pipe that nobody writes to would block open() for ever, in silence.
Result<File> open_pipe(const std::string& name) {
  const int handle = open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (handle < 0) return file_error(name, "open", errno);
  File file(fdopen(handle, "rb"));
  if (!file) return file_error(name, "open", errno);
  pollfd pipe{handle, POLLIN, 0};
  if (poll(&pipe, 1, kWriterWaitMilliseconds) == 0) {
    // Nothing to read so far: only read() tells a slow writer (EAGAIN) from none (the end).
    char first = 0;
    const ssize_t got = read(handle, &first, 1);
    if (got == 0) {
      return fail(Errc::io, name + ": is a pipe that nobody writes to; start the program that " +
                                "writes to it, or give a file");
    }
    if (got == 1) std::ungetc(static_cast<unsigned char>(first), file.get());
  }
  if (fcntl(handle, F_SETFL, 0) != 0) return file_error(name, "read", errno);
  return file;
}
#endif

Result<File> open_input(const std::filesystem::path& path) {
#ifndef _WIN32
  std::error_code ignored;
  if (std::filesystem::is_fifo(path, ignored)) return open_pipe(path.string());
#endif
  File file(std::fopen(path.string().c_str(), "rb"));
  if (!file) return file_error(path.string(), "open", errno);
  return file;
}

/// Removes a half-written file unless it was kept.
class Temporary {
 public:
  explicit Temporary(std::filesystem::path path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

int sync(std::FILE* file) {
#ifdef _WIN32
  return _commit(_fileno(file));
#else
  return fsync(fileno(file));
#endif
}

/// Without this a power cut may take the rename back. Windows has no such call.
void sync_folder(const std::filesystem::path& folder) {
#ifndef _WIN32
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  fsync(handle);  // some file systems refuse to sync a folder; the file itself is safe
  close(handle);
#else
  (void)folder;
#endif
}

/// Creates a file that nobody else had: "wx" fails on one that is there, and follows no link.
File create_beside(const std::filesystem::path& path, std::filesystem::path& chosen) {
  std::random_device random;
  for (int attempt = 0; attempt < kTemporaryTriesMax; ++attempt) {
    chosen = path;
    chosen += ".tmp" + std::to_string(random());
    File file(std::fopen(chosen.string().c_str(), "wbx"));
    if (file || errno != EEXIST) return file;
  }
  return nullptr;
}

Result<> write_to(std::FILE* file, std::string_view content, const std::string& name) {
  if (std::fwrite(content.data(), 1, content.size(), file) != content.size()) {
    return file_error(name, "write", errno);
  }
  return {};
}

Result<> finish(File file, const std::string& name) {
  if (std::fflush(file.get()) != 0) return file_error(name, "write", errno);
  // A pipe or a terminal has nothing to sync and says so with EINVAL.
  if (sync(file.get()) != 0 && errno != EINVAL) return file_error(name, "write", errno);
  if (std::fclose(file.release()) != 0) return file_error(name, "write", errno);
  return {};
}

/// The new file keeps the rights of the one it takes the place of.
void copy_permissions(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  const auto status = std::filesystem::status(from, error);
  if (!error && std::filesystem::is_regular_file(status)) {
    std::filesystem::permissions(to, status.permissions(), error);
  }
}

}  // namespace

tl::unexpected<Error> file_error(const std::string& name, const char* action, int error) {
  return fail(code_of(error),
              name + ": cannot " + action + ": " + std::strerror(error) + "; " + advice(error));
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path.string();
  std::error_code ignored;
  if (!standard_input && std::filesystem::is_directory(path, ignored)) {
    return fail(Errc::unsupported, name + ": is a folder; give a file");
  }
  const File file = standard_input ? File(stdin) : DEADLIGHT_TRY(open_input(path));
  std::string content;
  while (content.size() <= bytes_max) {
    const std::size_t before = content.size();
    const std::size_t wanted = std::min(kChunkBytes, bytes_max + 1 - before);
    content.resize(before + wanted);
    const std::size_t got = std::fread(content.data() + before, 1, wanted, file.get());
    content.resize(before + got);
    if (got == wanted) continue;
    if (std::ferror(file.get())) return file_error(name, "read", errno);
    return content;
  }
  return fail(Errc::limit,
              name + ": larger than " + std::to_string(bytes_max) + " bytes; give a smaller file");
}

struct FileWriter::Open {
  std::string name;              ///< as it was asked for
  std::filesystem::path target;  ///< where a link points to; empty for a device or a pipe
  std::unique_ptr<Temporary> temporary;
  File file;  ///< closed before the temporary file is removed
};

FileWriter::FileWriter(std::unique_ptr<Open> open) : open_(std::move(open)) {}
FileWriter::FileWriter(FileWriter&&) noexcept = default;
FileWriter& FileWriter::operator=(FileWriter&&) noexcept = default;
FileWriter::~FileWriter() = default;

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
  auto open = std::make_unique<Open>();
  open->name = path.string();
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    return fail(Errc::io, open->name + ": is a folder; give the name of a file");
  }
  // A device or a pipe is written to; renaming a file over /dev/null would break the host.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    open->file.reset(std::fopen(open->name.c_str(), "wb"));
  } else {
    // A link stays a link: the file that it points to is replaced.
    open->target = std::filesystem::exists(status) ? std::filesystem::canonical(path, error) : path;
    std::filesystem::path chosen;
    open->file = create_beside(open->target, chosen);
    if (open->file) {
      open->temporary = std::make_unique<Temporary>(chosen);
      copy_permissions(open->target, chosen);
    }
  }
  if (!open->file) return file_error(open->name, "write", errno);
  return FileWriter(std::move(open));
}

Result<> FileWriter::write(std::string_view text) {
  return write_to(open_->file.get(), text, open_->name);
}

Result<> FileWriter::commit() {
  DEADLIGHT_TRY(finish(std::move(open_->file), open_->name));
  if (!open_->temporary) return {};
  std::error_code error;
  const std::filesystem::path& target = open_->target;
  std::filesystem::rename(open_->temporary->path(), target, error);
  if (error) return file_error(open_->name, "replace", error.value());
  open_->temporary->keep();
  sync_folder(target.has_parent_path() ? target.parent_path() : ".");
  return {};
}

Result<> write_file(const std::filesystem::path& path, std::string_view content) {
  FileWriter writer = DEADLIGHT_TRY(FileWriter::create(path));
  DEADLIGHT_TRY(writer.write(content));
  return writer.commit();
}

}  // namespace deadlight
