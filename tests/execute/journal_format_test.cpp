#include <gtest/gtest.h>

#include <sstream>

#include "base/file.h"
#include "execute/history.h"
#include "execute/sample_entries.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

/// The bytes of the dump in docs/journal-format.md: "OFFSET  64 65 … |text|".
std::string documented_bytes() {
  const Result<std::string> document = read_file(DEADLIGHT_JOURNAL_FORMAT, 1024 * 1024);
  EXPECT_TRUE(document) << document.error().message;
  std::istringstream lines(document ? *document : "");
  std::string bytes;
  std::size_t offset = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('|')));
    std::string word;
    if (!(words >> word) || word.size() != 8) continue;
    if (word.find_first_not_of("0123456789abcdef") != std::string::npos) continue;
    offset = std::stoul(word, nullptr, 16);
    EXPECT_EQ(offset, bytes.size()) << line;
    while (words >> word) bytes += static_cast<char>(std::stoul(word, nullptr, 16));
  }
  return bytes;
}

std::vector<Entry> documented_entries() {
  PlannedStep step;
  step.what.title = "Forward no packets";
  step.what.acts = {{Thing::sysctl, "net.ipv4.ip_forward", value_state("0")}};
  const RunInfo info{"web1", "public-web-server", "{}", 0, "pts/0", 0, {"tcp 0.0.0.0:80"}};
  return {{1'790'000'000'000, RunBegun{1, 1, info}},
          {1'790'000'000'010, StepBegun{1, 1, step, {value_state("1")}}},
          {1'790'000'000'020, ActDone{1, 1, 0, value_state("0")}},
          {1'790'000'000'030, StepDone{1, 1, "b1"}},
          {1'790'000'000'040, RunDone{1, ""}}};
}

TEST(JournalFormat, ExampleOfTheDocumentIsWhatIsWritten) {
  EXPECT_EQ(documented_bytes(), journal_of(documented_entries()));
}

TEST(JournalFormat, ExampleOfTheDocumentIsRead) {
  const auto read = read_journal(documented_bytes(), "journal");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->records, 5u);
  EXPECT_EQ(read->torn_bytes, 0u);
  const RunLog& run = read->history.runs().at(0);
  EXPECT_EQ(run.begun.info.host, "web1");
  EXPECT_EQ(run.time_ms, 1'790'000'000'000u);
  EXPECT_EQ(run.steps.at(0).begun.before.at(0).content, "1");
  EXPECT_EQ(run.steps.at(0).stage, Stage::done);
}

}  // namespace
}  // namespace deadlight::execute::test
