#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

const std::vector<std::string> kChapter = {
    "tcp 0.0.0.0:135 listening 944",   "tcp 0.0.0.0:445 listening 4",
    "tcp 0.0.0.0:1025 listening 1044", "tcp 0.0.0.0:1030 listening 4",
    "tcp 0.0.0.0:3389 listening 1044", "tcp 0.0.0.0:5000 listening 1240",
    "tcp 10.0.0.3:139 listening 4",    "udp 0.0.0.0:445 bound 4",
    "udp 0.0.0.0:1031 bound 1152",     "udp 0.0.0.0:1049 bound 1152",
    "udp 10.0.0.3:123 bound 1044",     "udp 10.0.0.3:137 bound 4",
    "udp 10.0.0.3:138 bound 4",        "udp 10.0.0.3:1900 bound 1240",
    "udp 127.0.0.1:123 bound 1044",    "udp 127.0.0.1:1900 bound 1240"};

TEST(Seeds, TheChaptersListingsAreReadCompletely) {
  std::vector<std::string> expected = kChapter;
  const std::vector<std::string> connections = {
      "tcp gargan:1125 -> microsoft.com:80 established 1332",
      "tcp gargan:1126 -> microsoft.com:80 established 1332",
      "tcp gargan:1127 -> c.microsoft.com:80 established 1332"};
  expected.insert(expected.begin() + 7, connections.begin(), connections.end());
  const Snapshot snapshot = read_text(data("seeds/ports-active.chapter.txt"));
  EXPECT_EQ(rows(snapshot), expected);
  EXPECT_EQ(snapshot.host.name, "gargan");
  EXPECT_EQ(snapshot.host.os, Os::winxp);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Seeds, AListingOfOneLineBetweenParagraphsIsRead) {
  const Snapshot snapshot = read_text(data("seeds/one-line-in-prose.txt"));
  EXPECT_EQ(rows(snapshot), kChapter);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), ElementsAre("1-4", "8-10"));
}

TEST(Seeds, ProseOnTheSameLineIsNamed) {
  std::string line = data("seeds/ports-active.open.txt");
  while (line.ends_with('\n')) line.pop_back();
  const Snapshot snapshot = read_text("The output looks like this: " + line + " Here it ends.\n");
  EXPECT_EQ(rows(snapshot), kChapter);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: 'Here it ends.' on this line is not a part of a row",
                          "1: 'The output looks like this:' on this line is not a part of a row"));
}

TEST(Seeds, TheMethodologysFirstListingIsReadAndTheOthersAreNamed) {
  const auto first = open_endpoints(read_text(data("walkthroughs/win2000/00-default.netstat.txt")));
  for (const char* name :
       {"seeds/minimization-2002.listings.txt", "seeds/minimization-2003.listings.txt"}) {
    const Snapshot snapshot = read_text(data(name));
    EXPECT_EQ(open_endpoints(snapshot), first) << name;
    EXPECT_EQ(snapshot.host.os, Os::win2000) << name;
    EXPECT_EQ(snapshot.unread.size(), 10U) << name;
    EXPECT_THAT(unread(snapshot),
                Each(EndsWith("another listing, whose open ports or process ids differ: not "
                              "merged; put it into a file of its own")));
    EXPECT_THAT(skipped(snapshot), IsEmpty()) << name;
  }
}

TEST(Seeds, TheManualsListingIsRead) {
  const Snapshot snapshot = read_text(data("seeds/kfsensor.netstat.txt"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 884", "tcp 0.0.0.0:445 listening 4",
                          "tcp 0.0.0.0:1025 listening 976", "tcp 0.0.0.0:5000 listening 1160",
                          "tcp 192.168.1.1:139 listening 4", "udp 0.0.0.0:135 bound 884",
                          "udp 0.0.0.0:445 bound 4", "udp 0.0.0.0:500 bound 704",
                          "udp 0.0.0.0:1026 bound 1112", "udp 0.0.0.0:1027 bound 976"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
