#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tcpvcon, BlocksAreRead) {
  const Snapshot snapshot = read_text(R"(
TCPView v3.01 - TCP/UDP endpoint viewer
Copyright (C) 1998-2010 Mark Russinovich and Bryce Cogswell
Sysinternals - www.sysinternals.com

[TCP] C:\WINDOWS\system32\svchost.exe
	PID:     884
	State:   LISTENING
	Local:   0.0.0.0:135
	Remote:  0.0.0.0:0
[UDP] System
	PID:     4
	Local:   10.0.0.5:137
	Remote:  *:*
[TCP] [System Process]
	PID:     0
	State:   TIME_WAIT
	Local:   10.0.0.5:1042
	Remote:  10.0.0.9:80
[TCPV6] svchost.exe
	PID:     884
	State:   LISTENING
	Local:   [0:0:0:0:0:0:0:0]:135
	Remote:  [0:0:0:0:0:0:0:0]:0
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe",
                                          "tcp [::]:135 listening 884 svchost.exe",
                                          "tcp 10.0.0.5:1042 -> 10.0.0.9:80 time_wait",
                                          "udp 10.0.0.5:137 bound 4 System"));
  EXPECT_EQ(snapshot.process(884)->path, "C:\\WINDOWS\\system32\\svchost.exe");
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Tcpvcon, DamagedBlocksAreNamed) {
  const Snapshot snapshot = read_text(R"([TCP] svchost.exe
        PID:     884
        State:   LISTENING
        Local:   0.0.0.0:99999
        Remote:  0.0.0.0:0
[TCP] alg.exe
        PID:     x
        State:   LISTENING
        Local:   127.0.0.1:1025
        Remote:  0.0.0.0:0
[UDP] a.exe
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 127.0.0.1:1025 listening alg.exe"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: '99999' is no local port", "6: 'x' is no process id",
                          "11: the lines of this socket are not complete"));
}

TEST(Tcpvcon, LinesThatMayBeOfTwoSocketsAreNamed) {
  const Snapshot snapshot = read_text(R"([TCP] System
        PID:     4
        State:   LISTENING
        Local:   0.0.0.0:445
        Remote:  0.0.0.0:0
[TCP] svchost.exe
        PID:     884
        Local:   0.0.0.0:135
        State:   LISTENING
        Local:   0.0.0.0:443
        Remote:  0.0.0.0:0
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:445 listening 4 System"));
  EXPECT_EQ(unread(snapshot).size(), 6U);
}

TEST(Tcpvcon, TheBannerOfVersion4IsNoRow) {
  const Snapshot snapshot = read_text(R"(Tcpvcon.exe v4.17 - Sysinternals TcpVcon
Copyright (C) 1996-2022 Mark Russinovich & Bryce Cogswell
Sysinternals - www.sysinternals.com

[TCP] System
        PID:    4
        State:  LISTENING
        Local:  0.0.0.0:445
        Remote: 0.0.0.0:0
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:445 listening 4 System"));
  EXPECT_THAT(unread(snapshot), testing::IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
