#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> titles(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const StartedTitle& started : snapshot.started) out.push_back(started.title);
  return out;
}

TEST(NetStart, NamesWhatRuns) {
  const Snapshot snapshot = read_text(R"(C:\>net start
These Windows 2000 services are started:

   Computer Browser
   DHCP Client
   DNS Client
   Plug and Play
   Remote Procedure Call (RPC)

The command completed successfully.

)");
  EXPECT_THAT(titles(snapshot), ElementsAre("Computer Browser", "DHCP Client", "DNS Client",
                                            "Plug and Play", "Remote Procedure Call (RPC)"));
  EXPECT_TRUE(snapshot.started_known);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(NetStart, IsKnownByItsShapeInOtherLanguages) {
  const Snapshot snapshot = read_text(R"(다음 Windows 서비스가 시작되었습니다.

   DHCP 클라이언트
   DNS 클라이언트
   서버
   인쇄 스풀러
   원격 프로시저 호출(RPC)

명령을 잘 실행했습니다.
)");
  EXPECT_EQ(snapshot.started.size(), 5U);
  EXPECT_TRUE(snapshot.started_known);
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// Without the last line, services may be missing from the list.
TEST(NetStart, AListThatIsCutOffIsNotComplete) {
  const Snapshot snapshot = read_text(R"(These Windows services are started:
Automatic Updates
DNS Client
Server
)");
  EXPECT_THAT(titles(snapshot), ElementsAre("Automatic Updates", "DNS Client", "Server"));
  EXPECT_FALSE(snapshot.started_known);
}

TEST(NetStart, LostIndentsDoNotMatter) {
  const Snapshot snapshot = read_text(
      "These Windows services are started:\n\nDNS Client\nServer\nThe command completed "
      "successfully.\n");
  EXPECT_THAT(titles(snapshot), ElementsAre("DNS Client", "Server"));
  EXPECT_TRUE(snapshot.started_known);
}

TEST(NetStart, OtherIndentedListsAreNotOfIt) {
  const Snapshot snapshot = read_text(
      netstat("  TCP    0.0.0.0:135    0.0.0.0:0    LISTENING    884\n") +
      "\nEthernet adapter Local Area Connection:\n\n   Connection-specific DNS Suffix  . :\n"
      "   IP Address. . . . . . . . . . . . : 10.0.0.5\n   Subnet Mask . . . . . . . . . . . : "
      "x\n");
  EXPECT_THAT(snapshot.started, IsEmpty());
}

// A quotation is indented as a whole, and may have lost the indent of its rows.
TEST(NetStart, AnIndentedListIsRead) {
  for (const char* indent : {"", "   "}) {
    std::string text = "    These Windows services are started:\n\n";
    for (const char* title : {"DNS Client", "Server", "Workstation"}) {
      text += std::string("    ") + indent + title + '\n';
    }
    const Snapshot snapshot = read_text(text + "\n    The command completed successfully.\n");
    EXPECT_THAT(titles(snapshot), ElementsAre("DNS Client", "Server", "Workstation"));
    EXPECT_TRUE(snapshot.started_known);
    EXPECT_THAT(unread(snapshot), IsEmpty());
  }
}

TEST(NetStart, AListWithServicesLeftOutIsNotComplete) {
  for (const std::string omission : {"[...]", "<SNIP>", "...", "(snip)"}) {
    const Snapshot snapshot =
        read_text("These Windows services are started:\n\n   DNS Client\n   " + omission +
                  "\n   Workstation\n\nThe command completed.\n");
    EXPECT_THAT(titles(snapshot), ElementsAre("DNS Client", "Workstation"));
    EXPECT_FALSE(snapshot.started_known);
    EXPECT_THAT(
        unread(snapshot),
        ElementsAre("4: services were left out here: give the list as the tool printed it"));
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
