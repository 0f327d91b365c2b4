#include "base/assert.h"
#include "evidence/document.h"
#include "evidence/readers.h"
#include "evidence/unread.h"
#include "harness.h"

namespace deadlight::fuzz {
namespace {

using evidence::Document;
using evidence::Mark;
using evidence::Reading;

/// Every fact points into the document, and every line of a reader's listing was dealt with.
template <class T>
void check_sources(const std::vector<T>& facts, const Document& document) {
  for (const T& fact : facts) {
    DEADLIGHT_ASSERT(!fact.sources.empty());
    for (const SourceRef& source : fact.sources) {
      DEADLIGHT_ASSERT(source.evidence == 0);
      DEADLIGHT_ASSERT(source.line >= 1 && source.line <= document.line_count());
    }
  }
}

/// No line that has something on it may end without a mark, a reason or a skipped range.
void check_every_line(const Reading& reading) {
  if (reading.kinds().empty()) return;
  std::vector<bool> skipped(reading.line_count() + 2, false);
  for (const Skipped& range : reading.snapshot.skipped) {
    DEADLIGHT_ASSERT(range.first_line >= 1 && range.first_line <= range.last_line);
    DEADLIGHT_ASSERT(range.last_line <= reading.line_count());
    for (std::uint32_t i = range.first_line; i <= range.last_line; ++i) skipped[i] = true;
  }
  for (std::size_t i = 0; i < reading.line_count(); ++i) {
    const bool blank = reading.line(i).find_first_not_of(" \t\r") == std::string_view::npos;
    DEADLIGHT_ASSERT(blank || reading.mark(i) != Mark::none || skipped[i + 1]);
  }
}

template <class... Readers>
void run(std::string_view bytes, Readers... readers) {
  const auto document = Document::decode("fuzz", bytes);
  if (!document) return;
  Reading reading(*document);
  (readers(reading), ...);
  evidence::account_for_the_rest(reading);
  check_sources(reading.snapshot.endpoints, *document);
  check_sources(reading.snapshot.processes, *document);
  check_sources(reading.snapshot.services, *document);
  check_sources(reading.snapshot.settings, *document);
  for (const Unread& line : reading.snapshot.unread) {
    DEADLIGHT_ASSERT(line.line <= document->line_count());
    DEADLIGHT_ASSERT(!line.reason.empty() && line.reason.find('\n') == std::string::npos);
  }
  check_every_line(reading);
}

}  // namespace

void netstat(std::string_view bytes) { run(bytes, evidence::read_netstat); }
void tasklist(std::string_view bytes) { run(bytes, evidence::read_tasklist); }
void sc(std::string_view bytes) { run(bytes, evidence::read_sc); }
void fport(std::string_view bytes) { run(bytes, evidence::read_fport); }
void reg(std::string_view bytes) { run(bytes, evidence::read_reg_file, evidence::read_reg); }

}  // namespace deadlight::fuzz
