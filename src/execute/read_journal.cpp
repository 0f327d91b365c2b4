#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "execute/history.h"

namespace deadlight::execute {
namespace {

constexpr std::size_t kRecordsMax = 1'000'000;

/// The body at `offset`, if a whole record stands there.
std::optional<std::string_view> body_at(std::string_view bytes, std::size_t offset) {
  const auto frame = decode_frame(bytes.substr(offset), offset);
  if (!frame) return std::nullopt;
  const std::string_view body = bytes.substr(offset + kFrameBytes).substr(0, frame->body_bytes);
  return belongs_to(body, *frame) ? std::optional(body) : std::nullopt;
}

/// True if what stands at `offset` can be the last record, cut off while it was written. Each
/// record is synced before the next one is written, so a whole one never follows a torn one.
bool can_be_torn(std::string_view bytes, std::size_t offset) {
  const std::string_view rest = bytes.substr(offset);
  if (const auto frame = decode_frame(rest, offset)) {
    return rest.size() <= kFrameBytes + frame->body_bytes;
  }
  if (rest.size() > kFrameBytes + kBodyBytesMax) return false;
  for (std::size_t later = offset + 1; later < bytes.size(); ++later) {
    if (body_at(bytes, later)) return false;
  }
  return true;
}

tl::unexpected<Error> broken(std::string_view name, std::size_t offset, std::string_view why) {
  return fail(
      Errc::malformed,
      fmt::format("{}: the record at byte {} is damaged: {}; nothing is changed: restore the "
                  "file from a copy, or move it away and lose what it could undo",
                  name, offset, why));
}

/// True for a file whose first bytes were cut off while it was made: some of them, then zeros.
bool is_unborn(std::string_view bytes) {
  if (bytes.size() > kJournalMagic.size() || bytes == kJournalMagic) return false;
  const auto cut = std::mismatch(bytes.begin(), bytes.end(), kJournalMagic.begin()).first;
  return std::all_of(cut, bytes.end(), [](char c) { return c == '\0'; });
}

}  // namespace

Result<ReadJournal> read_journal(std::string_view bytes, std::string_view name) {
  ReadJournal result;
  if (is_unborn(bytes)) {
    result.torn_bytes = bytes.size();
    return result;
  }
  if (!bytes.starts_with(kJournalMagic)) {
    return fail(Errc::unsupported,
                fmt::format("{}: is no journal of this version of Deadlight; nothing is changed: "
                            "use the version that wrote it, or move it away",
                            name));
  }
  std::size_t offset = kJournalMagic.size();
  for (; offset < bytes.size(); ++result.records) {
    const auto body = body_at(bytes, offset);
    if (!body && can_be_torn(bytes, offset)) break;
    if (!body) return broken(name, offset, "it does not match its checksum, and others follow it");
    if (result.records == kRecordsMax) {
      return fail(Errc::limit, fmt::format("{}: more than {} records", name, kRecordsMax));
    }
    const Result<Entry> entry = decode_body(*body);
    if (!entry) return broken(name, offset, entry.error().message);
    const Result<> added = result.history.add(*entry);
    if (!added) return broken(name, offset, added.error().message);
    offset += kFrameBytes + body->size();
  }
  result.whole_bytes = offset;
  result.torn_bytes = bytes.size() - offset;
  return result;
}

}  // namespace deadlight::execute
