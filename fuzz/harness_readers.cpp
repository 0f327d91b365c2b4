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

std::uint32_t last_number(const Document& document) {
  return document.line_count() == 0 ? 0 : document.number(document.line_count() - 1);
}

/// Every fact points into the document, and every line of a reader's listing was dealt with.
template <class T>
void check_sources(const std::vector<T>& facts, const Document& document) {
  for (const T& fact : facts) {
    DEADLIGHT_ASSERT(!fact.sources.empty());
    for (const SourceRef& source : fact.sources) {
      DEADLIGHT_ASSERT(source.evidence == 0);
      DEADLIGHT_ASSERT(source.line >= 1 && source.line <= last_number(document));
    }
  }
}

/// No line that has something on it may end without a mark, a reason or a skipped range.
void check_every_line(const Reading& reading) {
  if (reading.kinds().empty()) return;
  const std::uint32_t last = last_number(reading.document());
  std::vector<bool> skipped(last + 1, false);
  for (const Skipped& range : reading.snapshot.skipped) {
    DEADLIGHT_ASSERT(range.first_line >= 1 && range.first_line <= range.last_line);
    DEADLIGHT_ASSERT(range.last_line <= last);
    for (std::uint32_t i = range.first_line; i <= range.last_line; ++i) skipped[i] = true;
  }
  for (std::size_t i = 0; i < reading.line_count(); ++i) {
    const bool blank = reading.line(i).find_first_not_of(" \t\r") == std::string_view::npos;
    DEADLIGHT_ASSERT(blank || reading.mark(i) != Mark::none ||
                     skipped[reading.document().number(i)]);
  }
}

void run(std::string_view bytes, const evidence::Reader& reader) {
  const auto document = Document::decode("fuzz", bytes);
  if (!document) return;
  Reading reading(*document);
  reader.read(reading);
  evidence::account_for_the_rest(reading);
  check_sources(reading.snapshot.endpoints, *document);
  check_sources(reading.snapshot.processes, *document);
  check_sources(reading.snapshot.services, *document);
  check_sources(reading.snapshot.started, *document);
  check_sources(reading.snapshot.settings, *document);
  check_sources(reading.snapshot.rpc, *document);
  check_sources(reading.snapshot.urls, *document);
  check_sources(reading.snapshot.firewall, *document);
  check_sources(reading.snapshot.outside, *document);
  for (const Unread& line : reading.snapshot.unread) {
    DEADLIGHT_ASSERT(line.line <= last_number(*document));
    DEADLIGHT_ASSERT(!line.reason.empty() && line.reason.find('\n') == std::string::npos);
  }
  check_every_line(reading);
}

}  // namespace

std::vector<std::string_view> harness_names() {
  std::vector<std::string_view> names = {"snapshot_json", "plan_json",  "journal",
                                         "nft_ruleset",   "dpkg_files", "evidence"};
  for (const evidence::Reader& reader : evidence::readers()) names.push_back(reader.id);
  return names;
}

void run_harness(std::string_view name, std::string_view bytes) {
  if (name == "snapshot_json") return snapshot_json(bytes);
  if (name == "plan_json") return plan_json(bytes);
  if (name == "journal") return journal(bytes);
  if (name == "nft_ruleset") return nft_ruleset(bytes);
  if (name == "dpkg_files") return dpkg_files(bytes);
  if (name == "evidence") return evidence(bytes);
  for (const evidence::Reader& reader : evidence::readers()) {
    if (reader.id == name) return run(bytes, reader);
  }
  constexpr bool kHarnessHasThisName = false;
  DEADLIGHT_ASSERT(kHarnessHasThisName);
}

}  // namespace deadlight::fuzz
