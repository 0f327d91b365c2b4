#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sc, QueryexNamesStateAndProcess) {
  const Snapshot snapshot = read_text(data("evidence/sc-queryex.winxp.txt"));
  ASSERT_EQ(snapshot.services.size(), 4U);
  const Service* dns = snapshot.service("Dnscache");
  EXPECT_EQ(dns->title, "DNS Client");
  EXPECT_EQ(dns->state, ServiceState::running);
  EXPECT_EQ(dns->pid, 1112U);
  EXPECT_EQ(snapshot.service("Messenger")->state, ServiceState::stopped);
  EXPECT_FALSE(snapshot.service("Messenger")->pid);
  EXPECT_EQ(snapshot.service("NetBT")->state, ServiceState::running);
  EXPECT_FALSE(snapshot.service("NetBT")->pid);
  EXPECT_THAT(services(snapshot, 1160), ElementsAre("LmHosts"));
  EXPECT_FALSE(snapshot.process(1160)->services_known) << "sc may have been asked for a part";
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Sc, QcNamesStartTypeAndDependencies) {
  const Snapshot snapshot = read_text(data("evidence/sc-qc.win7.txt"));
  const Service* server = snapshot.service("LanmanServer");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->title, "Server");
  EXPECT_EQ(server->start, StartType::automatic);
  EXPECT_THAT(server->depends_on, ElementsAre("SamSS", "Srv"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("15: sc failed with error 1060: nothing is known of the service"));
}

TEST(Sc, IsReadWithCollapsedBlanks) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: W32Time\nTYPE : 20 WIN32_SHARE_PROCESS\n"
      "STATE : 3 STOP_PENDING\n(STOPPABLE)\nPID : 976\n");
  EXPECT_EQ(snapshot.service("w32time")->state, ServiceState::pending);
  EXPECT_EQ(snapshot.service("w32time")->pid, 976U);
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Sc, DamagedLinesAreNamed) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: A\n        STATE : RUNNING\n        PID : x\n\n"
      "SERVICE_NAME: B\n        START_TYPE : 9 WIBBLE\n\n"
      "SERVICE_NAME:\n"
      "Enum: more data, need 1822 bytes start resume at index 79\n"
      "\n\nSome text\n\n        STATE : 4 RUNNING\n");
  EXPECT_EQ(snapshot.services.size(), 2U);
  EXPECT_THAT(
      unread(snapshot),
      ElementsAre("2: 'RUNNING' is no state of a service", "3: 'x' is no process id of a service",
                  "6: '9 WIBBLE' is no start type of a service",
                  "8: the name of the service is missing",
                  "9: sc printed a part only; run it with 'bufsize= 100000'",
                  "14: the SERVICE_NAME that this line belongs to is missing"));
}

}  // namespace
}  // namespace deadlight::evidence::test
