#include "execute/fake_file.h"

#include <algorithm>

#include "base/assert.h"

namespace deadlight::execute::test {
namespace {

class FakeFile : public JournalFile {
 public:
  FakeFile(Disk& disk, Fuse& fuse) : disk_(disk), fuse_(fuse) {}

  Result<std::string> read(std::size_t bytes_max) override {
    if (!fuse_.alive()) return killed();
    if (disk_.bytes.size() > bytes_max) return fail(Errc::limit, "too large");
    return disk_.bytes;
  }

  // In two parts, so that a process can die between them.
  Result<> append(std::string_view bytes) override {
    if (!fuse_.alive()) return killed();
    ++disk_.appends;
    DEADLIGHT_TRY(put(bytes.substr(0, bytes.size() / 2)));
    if (!fuse_.alive()) return killed();
    DEADLIGHT_TRY(put(bytes.substr(bytes.size() / 2)));
    if (!fuse_.alive()) return killed();
    return {};
  }

  Result<> sync() override {
    if (!fuse_.alive()) return killed();
    if (disk_.sync_fails_at == disk_.syncs++) return fail(Errc::io, "j: cannot sync: EIO");
    disk_.synced = disk_.bytes.size();
    if (!fuse_.alive()) return killed();
    return {};
  }

  Result<> truncate(std::uint64_t bytes) override {
    if (!fuse_.alive()) return killed();
    disk_.bytes.resize(bytes);
    disk_.synced = std::min<std::size_t>(disk_.synced, bytes);
    if (!fuse_.alive()) return killed();
    return {};
  }

 private:
  Result<> put(std::string_view bytes) {
    if (disk_.read_only) return fail(Errc::denied, "j: cannot write: EROFS");
    const std::size_t room = disk_.capacity
                                 ? *disk_.capacity - std::min(*disk_.capacity, disk_.bytes.size())
                                 : bytes.size();
    disk_.bytes += bytes.substr(0, room);
    if (bytes.size() > room) return fail(Errc::io, "j: cannot write: ENOSPC");
    return {};
  }

  Disk& disk_;
  Fuse& fuse_;
};

}  // namespace

void Disk::crash(Crash how) {
  const std::size_t lost = bytes.size() - synced;
  if (how == Crash::power) bytes.resize(synced);
  if (how == Crash::torn) bytes.resize(synced + lost / 2);
  if (how == Crash::zeros)
    std::fill(bytes.end() - static_cast<std::ptrdiff_t>(lost), bytes.end(), '\0');
  if (how != Crash::process) synced = bytes.size();
}

std::unique_ptr<JournalFile> fake_file(Disk& disk, Fuse& fuse) {
  return std::make_unique<FakeFile>(disk, fuse);
}

Journal open_on(Disk& disk, Fuse& fuse) {
  Result<Journal> journal = Journal::open(fake_file(disk, fuse), "j");
  if (!journal) std::fprintf(stderr, "%s\n", journal.error().message.c_str());
  DEADLIGHT_ASSERT(journal.has_value());
  return std::move(*journal);
}

}  // namespace deadlight::execute::test
