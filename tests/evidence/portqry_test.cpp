#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "tcp 10.0.0.5:135 open epmap"
std::vector<std::string> queried(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const OutsidePort& port : snapshot.outside) {
    out.push_back(std::string(protocol_id(port.protocol)) + ' ' +
                  socket_text(port.address, port.port) + ' ' + std::string(answer_id(port.answer)) +
                  ' ' + port.service);
  }
  return out;
}

TEST(Portqry, AnswersAreReadOfTheHostAbove) {
  const Snapshot snapshot = read_text(R"(
Querying target system called:

 myserver

Attempting to resolve name to IP address...


Name resolved to 10.0.0.5

querying...

TCP port 135 (epmap service): LISTENING

TCP port 445 (microsoft-ds service): FILTERED

TCP port 80 (http service): NOT LISTENING

UDP port 137 (netbios-ns service): LISTENING or FILTERED
)");
  EXPECT_EQ(snapshot.host.name, "myserver");
  EXPECT_THAT(queried(snapshot),
              ElementsAre("tcp 10.0.0.5:80 closed http", "tcp 10.0.0.5:135 open epmap",
                          "tcp 10.0.0.5:445 filtered microsoft-ds",
                          "udp 10.0.0.5:137 open_or_filtered netbios-ns"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Portqry, AnAnswerOfNobodyIsNamed) {
  const Snapshot snapshot = read_text("TCP port 135 (epmap service): LISTENING\n");
  EXPECT_THAT(queried(snapshot), IsEmpty());
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: the host that PortQry asked is not named above this line"));
}

TEST(Portqry, ANameThatWasHiddenIsNotTheHosts) {
  const Snapshot snapshot = read_text(
      "Querying target system called:\n\n <name>\n\nAttempting to resolve name to IP address...\n\n"
      "Name resolved to 10.0.0.5\n\nTCP port 135 (epmap service): LISTENING\n");
  EXPECT_EQ(snapshot.host.name, "");
  EXPECT_THAT(queried(snapshot), ElementsAre("tcp 10.0.0.5:135 open epmap"));
}

}  // namespace
}  // namespace deadlight::evidence::test
