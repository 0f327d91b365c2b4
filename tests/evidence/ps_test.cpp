#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Ps, FullListingNamesCommandLines) {
  const Snapshot snapshot = read_text(data("evidence/ps-ef.debian12.txt"));
  ASSERT_EQ(snapshot.processes.size(), 9U);
  EXPECT_EQ(snapshot.process(16776)->command_line, "python3 -m http.server 8000 --bind 0.0.0.0");
  EXPECT_TRUE(snapshot.process(16776)->image.empty()) << "a command line is no program's name";
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Ps, ShortListingNamesPrograms) {
  const Snapshot snapshot = read_text(
      "  PID TTY          TIME CMD\n    1 ?        00:00:02 systemd\n"
      "   55 ?        00:00:00 systemd-resolve\n");
  EXPECT_EQ(snapshot.process(1)->image, "systemd");
  EXPECT_TRUE(snapshot.process(55)->image.empty()) << "may be cut at 15 letters";
}

TEST(Ps, ColumnsAreFoundByTheirNames) {
  const Snapshot snapshot = read_text(
      "PID   USER     UNIT         COMMAND          COMMAND\n"
      "7     root     ssh.service  sshd             sshd: /usr/sbin/sshd -D\n"
      "8     root     -            \\_x              y\n");
  EXPECT_EQ(snapshot.process(7)->image, "sshd");
  EXPECT_EQ(snapshot.process(7)->command_line, "sshd: /usr/sbin/sshd -D");
  EXPECT_THAT(snapshot.process(7)->services, ElementsAre("ssh.service"));
}

TEST(Ps, TheTreeIsNoPartOfTheCommand) {
  const Snapshot snapshot = read_text(
      "  PID TTY      STAT   TIME COMMAND\n    1 ?        Ss     0:02 /sbin/init\n"
      "    7 ?        Ss     0:00  \\_ sshd: /usr/sbin/sshd -D\n"
      "    8 ?        Ss     0:00  |   \\_ sshd: jo [priv]\n");
  EXPECT_EQ(snapshot.process(7)->command_line, "sshd: /usr/sbin/sshd -D");
  EXPECT_EQ(snapshot.process(8)->command_line, "sshd: jo [priv]");
}

TEST(Ps, LinesCutAtTheTerminalsEdge) {
  const std::string start = "root           7  0.0  0.0   1000  1000 ?        Ss   10:00   0:00 ";
  std::string second = start;
  second.replace(15, 1, "8");
  const Snapshot snapshot =
      read_text("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n" +
                start + "/usr/bin/x --an\n" + second + "/usr/bin/y --ot\n");
  EXPECT_TRUE(snapshot.process(7)->command_line.empty());
  EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("2 command lines end at one column")));
}

TEST(Ps, DamagedRowsAreNamed) {
  const Snapshot snapshot = read_text(
      "UID        PID  PPID  C STIME TTY          TIME CMD\n"
      "root         x     0  0 05:08 ?        00:00:00 init\n"
      "root         2     0  0 05:08 ?        00:00:00 sshd\n");
  EXPECT_THAT(unread(snapshot), ElementsAre("2: the process id of this row of ps is missing"));
}

}  // namespace
}  // namespace deadlight::evidence::test
