#include <string>

#include "base/assert.h"
#include "execute/history.h"
#include "execute/record.h"
#include "harness.h"

namespace deadlight::fuzz {
namespace {

using execute::kJournalMagic;

bool is_one_line(const std::string& message) {
  return !message.empty() && message.find('\n') == std::string::npos;
}

/// What is whole stays readable without the rest, and says the same.
void read(std::string_view bytes) {
  const auto journal = execute::read_journal(bytes, "fuzz");
  if (!journal) {
    DEADLIGHT_ASSERT(is_one_line(journal.error().message));
    return;
  }
  DEADLIGHT_ASSERT(journal->whole_bytes + journal->torn_bytes == bytes.size());
  const auto whole = execute::read_journal(bytes.substr(0, journal->whole_bytes), "fuzz");
  DEADLIGHT_ASSERT(whole && whole->torn_bytes == 0 && whole->records == journal->records);
  for (const execute::RunLog& run : whole->history.runs()) {
    const auto expected = execute::expectations_of(run, "boot");
    DEADLIGHT_ASSERT(expected.kept.size() == run.begun.info.kept.size());
    for (const execute::StepLog& step : run.steps) {
      DEADLIGHT_ASSERT(step.begun.before.size() == step.begun.planned.what.acts.size());
      DEADLIGHT_ASSERT(step.undone.size() == step.begun.before.size());
      DEADLIGHT_ASSERT(step.acts.size() <= step.begun.before.size());
    }
  }
}

/// What a body says is written as the same body.
void check_body(std::string_view body) {
  const auto entry = execute::decode_body(body);
  if (!entry) {
    DEADLIGHT_ASSERT(is_one_line(entry.error().message));
    return;
  }
  const auto again = execute::encode(*entry, 0);
  DEADLIGHT_ASSERT(again && *again == execute::framed(body, 0));
}

}  // namespace

// Checksums would stop nearly every change that a fuzzer makes. So an input without a journal's
// first bytes is bodies, each after its length in one byte, for which the frames are made here.
void journal(std::string_view bytes) {
  if (bytes.starts_with(kJournalMagic)) return read(bytes);
  std::string made(kJournalMagic);
  while (!bytes.empty()) {
    const auto size = static_cast<unsigned char>(bytes.front());
    const std::string_view body = bytes.substr(1, size);
    check_body(body);
    made += execute::framed(body, made.size());
    bytes.remove_prefix(1 + body.size());
  }
  read(made);
}

}  // namespace deadlight::fuzz
