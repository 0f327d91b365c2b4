#include <gmock/gmock.h>

#include "evidence/limits.h"
#include "evidence/read_limited.h"
#include "evidence/support.h"
#include "model/snapshot_json.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Result<Snapshot> try_read(const std::vector<Input>& inputs) {
  return read(inputs, Os::unknown, {});
}

TEST(Read, AFileWithNothingKnownIsNamedAndTheOthersAreRead) {
  const Snapshot snapshot = read_inputs(
      {{"letter.txt", "Dear all,\nnothing here.\n"}, {"n.txt", netstat("UDP 0.0.0.0:1 *:* 4\n")}});
  EXPECT_THAT(rows(snapshot), ElementsAre("udp 0.0.0.0:1 bound 4"));
  ASSERT_EQ(snapshot.unread.size(), 1U);
  EXPECT_EQ(snapshot.unread[0],
            (Unread{"letter.txt", 0,
                    "no known listing in it; known are netstat, ss, lsof, tasklist, sc, "
                    "fport, reg, PowerShell, nmap and others: the manual names them all"}));
}

TEST(Read, NothingKnownInAnyFileIsAnError) {
  const auto one = try_read({{"letter.txt", "Dear all,\n"}});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, Errc::unsupported);
  EXPECT_EQ(one.error().message,
            "letter.txt: no known listing in it; known are netstat, ss, lsof, tasklist, sc, "
            "fport, reg, PowerShell, nmap and others: the manual names them all");
  const auto three = try_read({{"a", ""}, {"b", ""}, {"c", "\n"}});
  ASSERT_FALSE(three);
  EXPECT_THAT(three.error().message, testing::StartsWith("a: no known listing in it; known are "));
  EXPECT_THAT(three.error().message, testing::EndsWith(" (and nothing in 2 more)"));
  EXPECT_EQ(try_read({}).error().message, "no input; give a file or a folder");
}

TEST(Read, BrokenSnapshotJsonIsAnError) {
  const auto broken = try_read({{"s.json", "{\"schema\": \"deadlight.snapshot/1\", "}});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::malformed);
  EXPECT_THAT(broken.error().message, testing::StartsWith("s.json: parse error at line 1"));
  const auto other = try_read({{"e.json", "{\"schema\": \"deadlight.exposure/1\"}"}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::unsupported);
}

TEST(Read, FilesOfTwoHostsAreSaidToBeWhicheverComesFirst) {
  const auto of_host = [](const std::string& file, const std::string& name) {
    return Input{file, "C:\\>hostname\n" + name + "\n\nC:\\>netstat -an\n\n" +
                           netstat("TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n")};
  };
  const std::vector<std::string> asked = {
      "the files are of hosts with several names, alpha, beta: are they of one host?"};
  for (const auto& inputs : {std::vector{of_host("1", "alpha"), of_host("2", "beta")},
                             std::vector{of_host("2", "beta"), of_host("1", "alpha")}}) {
    const Snapshot snapshot = read_inputs(inputs);
    EXPECT_EQ(snapshot.host.name, "alpha");
    EXPECT_EQ(snapshot.notes, asked);
  }
  EXPECT_THAT(read_inputs({of_host("1", "alpha"), of_host("2", "ALPHA")}).notes, IsEmpty());
}

// PID 0 of a connection that is gone is nobody's.
TEST(Read, PidZeroOwnsNoPort) {
  const Snapshot snapshot = read_inputs(
      {{"1",
        "  TCP    [::]:3306              [::]:0                 LISTENING\n [mysqld-nt.exe]\n"},
       {"2",
        "LocalPort      : 3306\nRemoteAddress  : 12.169.133.219\nRemotePort     : 43515\n"
        "OwningProcess  : 0\n"}});
  ASSERT_FALSE(snapshot.endpoints.empty());
  for (const Endpoint& row : snapshot.endpoints) {
    EXPECT_FALSE(row.local.ip && row.pid) << endpoint_text(row);
  }
}

TEST(Read, SnapshotsAndListingsMakeOneHost) {
  Snapshot saved = read_inputs({{"old.txt", netstat("TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n")}});
  saved.host = {"gargan", Os::win2003, "--os"};
  const Snapshot snapshot =
      read_inputs({{"a.json", to_json(saved)}, {"b.txt", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"}});
  EXPECT_EQ(snapshot.host.name, "gargan");
  EXPECT_EQ(snapshot.host.os, Os::win2003);
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884"));
  ASSERT_EQ(snapshot.evidence.size(), 2U);
  EXPECT_EQ(snapshot.evidence[0].name, "b.txt");
  EXPECT_EQ(snapshot.evidence[1].name, "old.txt");
  EXPECT_THAT(snapshot.endpoints[0].sources, ElementsAre(SourceRef{0, 1}, SourceRef{1, 4}));
}

TEST(Read, Utf16IsReadLikeOtherText) {
  std::string wide = "\xFF\xFE";
  for (const char c : data("walkthroughs/winxp/00-default.netstat.txt")) {
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(read_text(wide).endpoints.size(), 16U);
  EXPECT_EQ(read_text(wide.substr(2)).endpoints.size(), 16U);
}

TEST(Read, TooManyInputsAreRefused) {
  const std::vector<Input> inputs(kInputsMax + 1, Input{"a", ""});
  const auto refused = try_read(inputs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
  EXPECT_EQ(refused.error().message, "4097 inputs; at most 4096 are read, give fewer");
}

TEST(Read, TooManyRowsAreRefused) {
  const std::vector<Input> inputs = {
      {"a.txt", "TCP 0.0.0.0:1 0.0.0.0:0 LISTENING\nTCP 0.0.0.0:2 0.0.0.0:0 LISTENING\n"},
      {"b.txt", "HKLM\\A\n    Start    REG_DWORD    0x2\n"},
      {"c.txt", "UDP 0.0.0.0:3 *:*\nUDP 0.0.0.0:4 *:*\n"}};
  EXPECT_TRUE(read_limited(inputs, Os::unknown, {}, 5));
  const auto refused = read_limited(inputs, Os::unknown, {}, 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
  EXPECT_EQ(refused.error().message,
            "c.txt: more than 4 rows in all inputs together; give fewer files");
}

TEST(Read, ASnapshotsRowsCountToo) {
  const std::string saved = to_json(read_inputs({{"a", "UDP 0.0.0.0:3 *:*\nUDP 0.0.0.0:4 *:*\n"}}));
  const std::vector<Input> inputs = {{"s.json", saved}, {"b", "UDP 0.0.0.0:5 *:*\n"}};
  EXPECT_TRUE(read_limited(inputs, Os::unknown, {}, 3));
  EXPECT_EQ(read_limited(inputs, Os::unknown, {}, 2).error().code, Errc::limit);
  EXPECT_EQ(read_limited(inputs, Os::unknown, {}, 1).error().code, Errc::limit);
}

TEST(Read, TooManyDamagedLinesAreNotAllNamed) {
  std::string text = netstat("");
  for (std::size_t i = 0; i < kUnreadMax + 100; ++i) text += "TCP 0.0.0.0:70000\n";
  const Snapshot snapshot = read_text(text);
  EXPECT_EQ(snapshot.unread.size(), kUnreadMax + 1);
  EXPECT_THAT(unread(snapshot).back(),
              testing::HasSubstr("more than 10000 lines were not understood"));
}

/// One pass over each: a reader that looks at a line again for every other line would not come
/// back.
TEST(Read, LongLinesAndManyOddLinesTakeLinearTime) {
  constexpr std::size_t kBytes = 300'000;
  const auto repeated = [](std::string_view part) {
    std::string text = "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 4 ";
    while (text.size() < kBytes) text += part;
    return text;
  };
  for (const char* part : {"TCP ",
                           "TCP\n",
                           "UDP 0.0.0.0:1 ",
                           "-> ",
                           "1 -> ",
                           "[",
                           "[a\n",
                           "a\n",
                           "a\\b\n",
                           "= ",
                           "===== == =\n",
                           "\"=hex:\\\n",
                           "HKLM\\a\n",
                           "REG_SZ ",
                           "SERVICE_NAME: a\n",
                           ": \n",
                           ":",
                           "\n",
                           "Proto ",
                           "Proto Local Address\n",
                           "C:\\>",
                           "C:\\>\n",
                           "*:* ",
                           "0.0.0.0:1 ",
                           ",",
                           "aaaaaaaaaa"}) {
    const auto snapshot = try_read({{"a", repeated(part)}});
    EXPECT_TRUE(snapshot.has_value()) << part << ": " << snapshot.error().message;
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
