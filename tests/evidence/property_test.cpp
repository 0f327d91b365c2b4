#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "evidence/support.h"
#include "model/snapshot_json.h"

namespace deadlight::evidence::test {
namespace {

/// The facts alone: line numbers follow the rows.
std::string facts(Snapshot snapshot) {
  const auto forget = [](auto& list) {
    for (auto& fact : list) fact.sources.clear();
  };
  forget(snapshot.endpoints);
  forget(snapshot.processes);
  forget(snapshot.services);
  return to_json(snapshot);
}

TEST(Property, TheOrderOfRowsNeverMatters) {
  std::mt19937 random(1996);
  const std::string text = data("walkthroughs/winxp/00-default.netstat.txt");
  std::vector<std::string> rows;
  std::string heading;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    (line.find("0.0:0 ") != std::string::npos || line.find("*:*") != std::string::npos
         ? rows.emplace_back()
         : heading) += line;
    at = end;
  }
  ASSERT_EQ(rows.size(), 16U);
  const std::string expected = facts(read_text(text));
  for (int round = 0; round < 20; ++round) {
    std::shuffle(rows.begin(), rows.end(), random);
    std::string shuffled = heading;
    for (const std::string& row : rows) shuffled += row;
    EXPECT_EQ(facts(read_text(shuffled)), expected);
  }
}

TEST(Property, TheOrderOfFilesNeverMatters) {
  std::vector<Input> inputs;
  for (const char* name :
       {"walkthroughs/win2000/00-default.netstat.txt", "walkthroughs/win2000/00-default.fport.txt",
        "evidence/tasklist-svc.winxp.txt", "evidence/sc-queryex.winxp.txt",
        "evidence/services.regedit5.reg", "evidence/reg-query.winxp.txt"}) {
    inputs.push_back({name, data(name)});
  }
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return a.name < b.name; });
  const std::string expected = to_json(read_inputs(inputs));
  std::mt19937 random(1997);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(inputs.begin(), inputs.end(), random);
    EXPECT_EQ(to_json(read_inputs(inputs)), expected);
  }
}

TEST(Property, ASnapshotReadBackIsTheSame) {
  for (const char* name : {"walkthroughs/winxp/00-default.netstat.txt",
                           "evidence/session.winxp.txt", "seeds/minimization-2003.listings.txt"}) {
    const Snapshot snapshot = read_text(data(name));
    const std::string json = to_json(snapshot);
    EXPECT_EQ(to_json(read_inputs({{"saved.json", json}})), json) << name;
  }
}

/// Every line is a fact's source, a heading, unread or skipped; here: cut anywhere, no line of
/// the listing gets lost without a word.
TEST(Property, ATextThatIsCutAnywhereIsAccountedFor) {
  const std::string text = data("walkthroughs/winxp/00-default.netstat.txt");
  const std::size_t first_row = text.find("  TCP");
  for (std::size_t cut = first_row; cut < text.size(); ++cut) {
    const std::string part = text.substr(0, cut);
    const auto line_start = part.rfind('\n') + 1;
    const bool partial = part.find_first_not_of(" \r\n", line_start) != std::string::npos;
    const auto rows_whole = static_cast<std::size_t>(
        std::count(part.begin() + static_cast<std::ptrdiff_t>(first_row), part.end(), '\n'));
    const Snapshot snapshot = read_text(part);
    std::set<std::uint32_t> seen;  // the last row may be read and doubted
    for (const Endpoint& row : snapshot.endpoints) seen.insert(row.sources.front().line);
    for (const Unread& line : snapshot.unread) seen.insert(line.line);
    EXPECT_EQ(seen.size(), rows_whole + (partial ? 1U : 0U)) << "cut at byte " << cut;
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
