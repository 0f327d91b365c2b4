#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string collapse(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && !out.empty() && (out.back() == ' ' || out.back() == '\n')) continue;
    out += c;
  }
  return out;
}

void expect_xp_services(const Snapshot& snapshot) {
  EXPECT_THAT(snapshot.processes, SizeIs(8));
  EXPECT_THAT(services(snapshot, 4), IsEmpty());
  EXPECT_TRUE(snapshot.process(4)->services_known);
  EXPECT_EQ(snapshot.process(0)->image, "System Idle Process");
  EXPECT_THAT(services(snapshot, 884), ElementsAre("RpcSs"));
  EXPECT_THAT(services(snapshot, 1160),
              ElementsAre("LmHosts", "RemoteRegistry", "SSDPSRV", "WebClient"));
  EXPECT_THAT(services(snapshot, 976), SizeIs(28));
  EXPECT_TRUE(snapshot.process(976)->services_known);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Tasklist, NamesTheServicesOfEachProcess) {
  expect_xp_services(read_text(data("evidence/tasklist-svc.winxp.txt")));
}

TEST(Tasklist, IsReadWithCollapsedBlanks) {
  expect_xp_services(read_text(collapse(data("evidence/tasklist-svc.winxp.txt"))));
}

TEST(Tasklist, WithoutServicesSaysNothingOfThem) {
  for (const std::string& text :
       {data("evidence/tasklist.winxp.txt"), collapse(data("evidence/tasklist.winxp.txt"))}) {
    const Snapshot snapshot = read_text(text);
    EXPECT_THAT(snapshot.processes, SizeIs(5));
    EXPECT_EQ(snapshot.process(1500)->image, "7 Zip.exe");
    EXPECT_EQ(snapshot.process(0)->image, "System Idle Process");
    EXPECT_FALSE(snapshot.process(884)->services_known);
    EXPECT_THAT(unread(snapshot), IsEmpty());
  }
}

TEST(Tasklist, VerboseAndModuleColumnsAreTolerated) {
  const Snapshot verbose = read_text(data("evidence/tasklist-v.win7.txt"));
  EXPECT_EQ(verbose.process(2244)->image, "explorer.exe");
  EXPECT_FALSE(verbose.process(2244)->services_known);
  EXPECT_THAT(unread(verbose), IsEmpty());
  const Snapshot modules = read_text(data("evidence/tasklist-m.win7.txt"));
  EXPECT_THAT(services(modules, 700), IsEmpty());
  EXPECT_FALSE(modules.process(700)->services_known);
  EXPECT_THAT(unread(modules), IsEmpty());
}

const std::string kHeading =
    "Image Name                   PID Services\n"
    "========================= ====== =============================================\n";

TEST(Tasklist, AListThatIsCutOffIsNotComplete) {
  const Snapshot snapshot =
      read_text(kHeading + "svchost.exe                  976 AudioSrv, Browser,\n");
  EXPECT_THAT(services(snapshot, 976), ElementsAre("AudioSrv", "Browser"));
  EXPECT_FALSE(snapshot.process(976)->services_known);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("3: the services of PID 976 end with a comma: the rest is missing"));
}

TEST(Tasklist, DamagedRowsAreNamed) {
  const Snapshot snapshot = read_text(kHeading +
                                      "svchost.exe                  884 RpcSs\n"
                                      "svchost.exe\n"
                                      "spoolsv.exe                 1516 Spooler\n");
  EXPECT_THAT(snapshot.processes, SizeIs(2));
  EXPECT_THAT(unread(snapshot), ElementsAre("4: no process name and id in the row of tasklist"));
}

TEST(Tasklist, ServiceNamesMayHaveBlanks) {
  const Snapshot snapshot = read_text(
      kHeading + "a.exe                       1516 Bonjour Service, Apple Mobile Device\n");
  EXPECT_THAT(services(snapshot, 1516), ElementsAre("Apple Mobile Device", "Bonjour Service"));
}

TEST(Tasklist, ColumnsCountLettersNotBytes) {
  const Snapshot snapshot = read_text(kHeading + "Gerätedienst für Öfen.exe   1516 Spooler\n");
  ASSERT_NE(snapshot.process(1516), nullptr);
  EXPECT_EQ(snapshot.process(1516)->image, "Gerätedienst für Öfen.exe");
}

}  // namespace
}  // namespace deadlight::evidence::test
