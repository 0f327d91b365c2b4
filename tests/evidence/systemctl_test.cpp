#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Systemctl, Lists) {
  const Snapshot snapshot = read_text(data("evidence/systemctl-lists.debian12.txt"));
  EXPECT_EQ(snapshot.host.name, "web01");
  EXPECT_EQ(snapshot.host.os, Os::linux);
  EXPECT_EQ(snapshot.service("apache2.service")->start, StartType::disabled);
  EXPECT_EQ(snapshot.service("cron.service")->state, ServiceState::running);
  EXPECT_EQ(snapshot.service("cron.service")->start, StartType::automatic);
  EXPECT_EQ(snapshot.service("cron.service")->title,
            "Regular background program processing daemon");
  EXPECT_EQ(snapshot.service("ssh.service")->state, ServiceState::stopped);
  EXPECT_EQ(snapshot.service("ssh.service")->start, StartType::disabled);
  EXPECT_EQ(snapshot.service("ssh.socket")->state, ServiceState::running);
  EXPECT_EQ(snapshot.service("ntp.service"), nullptr) << "there is no such unit";
  EXPECT_EQ(snapshot.service("user@.service")->start, StartType::manual);
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:111 listening", "tcp [::]:22 listening",
                                          "udp 0.0.0.0:111 bound"));
  EXPECT_EQ(snapshot.endpoints[1].unit, "ssh.socket");
  EXPECT_FALSE(snapshot.endpoints[1].pid);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("9: the unit's name 'systemd-networkd-wait-o…' is cut off; run systemctl "
                          "with --full --no-pager"));
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Systemctl, ListSocketsWithoutTypes) {
  const std::string rows_text =
      "LISTEN         UNIT            ACTIVATES\n0.0.0.0:111 rpcbind.socket rpcbind.service\n"
      "0.0.0.0:111 rpcbind.socket rpcbind.service\n[::]:22 ssh.socket ssh.service\n\n";
  const Snapshot active =
      read_text(rows_text + "3 sockets listed.\nPass --all to see loaded sockets, too.\n");
  EXPECT_THAT(rows(active), ElementsAre("tcp 0.0.0.0:111 listening", "udp 0.0.0.0:111 bound"));
  EXPECT_THAT(unread(active), ElementsAre("4: whether [::]:22 is TCP or UDP is not said; run "
                                          "systemctl list-sockets --show-types"));
  const Snapshot all = read_text(rows_text + "3 sockets listed.\n");
  EXPECT_THAT(rows(all), IsEmpty()) << "with --all, closed ones are listed too";
  EXPECT_THAT(unread(all), ElementsAre(HasSubstr("1: with --all, sockets that are closed")));
}

TEST(Systemctl, Status) {
  const Snapshot snapshot = read_text(data("evidence/systemctl-status.debian12.txt"));
  const Service* ssh = snapshot.service("ssh.service");
  ASSERT_NE(ssh, nullptr);
  EXPECT_EQ(ssh->title, "OpenBSD Secure Shell server");
  EXPECT_EQ(ssh->state, ServiceState::running);
  EXPECT_EQ(ssh->start, StartType::automatic);
  EXPECT_EQ(ssh->pid, 731U);
  const Process* process = snapshot.process(731);
  ASSERT_NE(process, nullptr);
  EXPECT_THAT(process->services, ElementsAre("ssh.service"));
  EXPECT_TRUE(process->services_known);
  const Service* nginx = snapshot.service("nginx.service");
  ASSERT_NE(nginx, nullptr);
  EXPECT_EQ(nginx->state, ServiceState::stopped);
  EXPECT_FALSE(nginx->pid) << "that process has ended";
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Systemctl, StatusOfTheWholeHost) {
  const Snapshot snapshot = read_text(
      "● ssh.service - x\n     Loaded: loaded (/x; enabled)\n     Active: active (running)\n"
      "     CGroup: /\n"
      "             ├─user.slice\n             │ └─session-3.scope\n"
      "             │   ├─10 sshd: jo\n             │   └─11 -bash\n"
      "             └─system.slice\n               └─cron.service\n"
      "                 └─12 /usr/sbin/cron -f\n");
  EXPECT_THAT(services(snapshot, 10), ElementsAre("session-3.scope"));
  EXPECT_THAT(services(snapshot, 12), ElementsAre("cron.service"));
  EXPECT_EQ(snapshot.process(12)->command_line, "/usr/sbin/cron -f");
}

TEST(Systemctl, Show) {
  const Snapshot snapshot = read_text(
      "Type=notify\nMainPID=731\nExecStart={ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D "
      "$SSHD_OPTS ; ignore_errors=no ; pid=731 }\nId=ssh.service\nRequires=system.slice "
      "ssh.socket\nDescription=OpenBSD Secure Shell server\nActiveState=active\n"
      "UnitFileState=enabled\n\nMainPID=0\nId=nginx.service\nActiveState=inactive\n\nMainPID=9\n");
  const Service* ssh = snapshot.service("ssh.service");
  ASSERT_NE(ssh, nullptr);
  EXPECT_EQ(ssh->pid, 731U);
  EXPECT_EQ(ssh->command, "/usr/sbin/sshd -D $SSHD_OPTS");
  EXPECT_THAT(ssh->depends_on, ElementsAre("ssh.socket"));
  EXPECT_EQ(snapshot.service("nginx.service")->state, ServiceState::stopped);
  EXPECT_FALSE(snapshot.service("nginx.service")->pid);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("14: the unit's name is missing; run systemctl show -p Id as well"));
}

TEST(InitServices, ServiceChkconfigAndRcStatus) {
  const Snapshot snapshot = read_text(
      " [ + ]  ssh\n [ - ]  x11-common\n [ ? ]  hwclock.sh\n\n"
      "httpd          \t0:off\t1:off\t2:off\t3:on\t4:off\t5:off\t6:off\n"
      "ntpd           \t0:Aus\t1:Aus\t2:Aus\t3:Aus\t4:Aus\t5:Aus\t6:Aus\n\n"
      "Runlevel: default\n sshd                          [  started  ]\n"
      " chronyd                       [  stopped  ]\n");
  EXPECT_EQ(snapshot.service("ssh")->state, ServiceState::running);
  EXPECT_EQ(snapshot.service("x11-common")->state, ServiceState::stopped);
  EXPECT_EQ(snapshot.service("hwclock.sh")->state, ServiceState::unknown);
  EXPECT_EQ(snapshot.service("httpd")->start, StartType::automatic);
  EXPECT_EQ(snapshot.service("ntpd")->start, StartType::disabled);
  EXPECT_EQ(snapshot.service("sshd")->state, ServiceState::running);
  EXPECT_EQ(snapshot.service("chronyd")->state, ServiceState::stopped);
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
