#include <gmock/gmock.h>

#include <ostream>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::HasSubstr;

struct VerdictCase {
  std::string name;
  Snapshot (*host)();
  const char* role;
  std::vector<std::string> keep;
  const char* socket;
  Verdict verdict;
  const char* reason;
};

const VerdictCase kVerdictCases[] = {
    {"ClosedNeedsNothing", test::winxp, "closed", {}, "tcp 0.0.0.0:445", Verdict::unneeded, ""},
    {"LoopbackIsLocal", test::winxp, "closed", {}, "udp 127.0.0.1:1900", Verdict::local, "itself"},
    {"FileServerNeedsSmb",
     test::winxp,
     "internal-file-server",
     {},
     "tcp 0.0.0.0:445",
     Verdict::needed,
     "file-sharing-server"},
    {"WebServerNeedsIis",
     test::win2000_with_fport,
     "public-web-server",
     {},
     "tcp 0.0.0.0:80",
     Verdict::needed,
     "web sites"},
    {"WebServerDoesNotNeedMail",
     test::win2000_with_fport,
     "public-web-server",
     {},
     "tcp 0.0.0.0:25",
     Verdict::unneeded,
     ""},
    {"KeepWins",
     test::win2000_with_fport,
     "closed",
     {"25/tcp"},
     "tcp 0.0.0.0:25",
     Verdict::needed,
     "--keep"},
    {"KeptServiceKeepsWhatItNeeds",
     test::win2000_with_fport,
     "closed",
     {"80/tcp"},
     "udp 0.0.0.0:1028",
     Verdict::stuck,
     "tcp 0.0.0.0:80, which is kept"},
};

void PrintTo(const VerdictCase& one, std::ostream* out) { *out << one.name; }

class Verdicts : public testing::TestWithParam<VerdictCase> {};

TEST_P(Verdicts, FollowTheRole) {
  const VerdictCase& one = GetParam();
  const Exposure exposure = test::expose_as(one.host(), one.role, one.keep);
  const Exposed& exposed = test::socket_of(exposure, one.socket);
  EXPECT_EQ(exposed.verdict, one.verdict) << exposed.verdict_reason;
  EXPECT_THAT(exposed.verdict_reason, HasSubstr(one.reason));
}

INSTANTIATE_TEST_SUITE_P(Cases, Verdicts, testing::ValuesIn(kVerdictCases),
                         [](const auto& param) { return param.param.name; });

constexpr std::string_view kModern =
    "  Proto  Local Address          Foreign Address        State           PID\n"
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       900\n"
    "  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\n"
    "  TCP    [::]:135               [::]:0                 LISTENING       900\n"
    "  TCP    127.0.0.1:5354         0.0.0.0:0              LISTENING       3000\n"
    "  TCP    [fe80::1%12]:9999      [::]:0                 LISTENING       3000\n";

TEST(Verdicts, EndpointMapperOfModernWindowsIsStuck) {
  const Exposure exposure = test::expose_as(test::read_text(kModern, Os::server2019), "closed");
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:135").verdict, Verdict::stuck);
  EXPECT_EQ(test::socket_of(exposure, "tcp [::]:135").verdict, Verdict::stuck);
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:445").verdict, Verdict::unneeded);
}

TEST(Reach, ComesFromTheAddress) {
  const Exposure exposure = test::expose_as(test::read_text(kModern, Os::server2019), "closed");
  EXPECT_EQ(test::socket_of(exposure, "tcp [::]:135").reach, Reach::any);
  EXPECT_EQ(test::socket_of(exposure, "tcp 127.0.0.1:5354").reach, Reach::loopback);
  EXPECT_EQ(test::socket_of(exposure, "tcp [fe80::1%12]:9999").reach, Reach::link);
  const Exposure xp = test::expose_as(test::winxp(), "closed");
  EXPECT_EQ(test::socket_of(xp, "tcp 192.70.106.143:139").reach, Reach::adapter);
}

TEST(Reach, ANameOfLoopbackIsLoopback) {
  const Exposure exposure = test::expose_as(
      test::read_text(
          "Active Internet connections (only servers)\n"
          "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n"
          "tcp6       0      0 localhost:ipp           [::]:*                  LISTEN\n"
          "tcp6       0      0 gargan:ssh              [::]:*                  LISTEN\n",
          Os::linux),
      "closed");
  EXPECT_EQ(test::socket_of(exposure, "tcp localhost:631").reach, Reach::loopback);
  EXPECT_EQ(test::socket_of(exposure, "tcp gargan:22").reach, Reach::adapter);
}

struct ProgramCase {
  const char* name;
  const char* text;
  Os os;
  const char* socket;
  Verdict verdict;
  const char* reason;
};

const std::string kTitle =
    "Active Internet connections (only servers)\n"
    "Proto Recv-Q Send-Q Local Address Foreign Address State PID/Program name\n";

// Shapes of real listings: netstat -tulpn, lsof -i, netstat -ab.
const ProgramCase kPrograms[] = {
    {"TitleOfADaemon", "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 749/sshd: /usr/sbin\n", Os::linux,
     "tcp 0.0.0.0:22", Verdict::unneeded, "if one of these holds it"},
    {"CommandLineOfADaemon", "tcp 0 0 0.0.0.0:80 0.0.0.0:* LISTEN 785/nginx -g daemon\n", Os::linux,
     "tcp 0.0.0.0:80", Verdict::unneeded, "if one of these holds it"},
    {"NameOfRedHat", "tcp6 0 0 :::80 :::* LISTEN 1677/httpd\n", Os::linux, "tcp [::]:80",
     Verdict::unneeded, "if one of these holds it"},
    {"KnownOnAnotherPort", "tcp 0 0 0.0.0.0:64295 0.0.0.0:* LISTEN 709/sshd\n", Os::linux,
     "tcp 0.0.0.0:64295", Verdict::unknown, "sshd is known, but not for this port"},
    {"SocketUnitOfPid1", "tcp 0 0 0.0.0.0:111 0.0.0.0:* LISTEN 1/init\n", Os::linux,
     "tcp 0.0.0.0:111", Verdict::unneeded, "if one of these holds it"},
    {"OtherSocketUnitOfPid1", "tcp 0 0 0.0.0.0:14300 0.0.0.0:* LISTEN 1/init\n", Os::linux,
     "tcp 0.0.0.0:14300", Verdict::unknown, "look for its socket units"},
    {"PublishedPort", "tcp6 0 0 :::8008 :::* LISTEN 28658/docker-proxy\n", Os::linux,
     "tcp [::]:8008", Verdict::stuck, "a port that a container publishes"},
    {"Interpreter", "tcp 0 0 0.0.0.0:9104 0.0.0.0:* LISTEN 3626/java\n", Os::linux,
     "tcp 0.0.0.0:9104", Verdict::stuck, "java is a program, not a service: end it"},
    {"UnknownProgram", "tcp 0 0 0.0.0.0:9104 0.0.0.0:* LISTEN 3626/qpidd\n", Os::linux,
     "tcp 0.0.0.0:9104", Verdict::stuck, "qpidd is a program, not a service: end it"},
};

TEST(Verdicts, APartOfTheSystemIsNotToBeEnded) {
  for (const ProgramCase& row : kPrograms) {
    const Exposure exposure = test::expose_as(test::read_text(kTitle + row.text, row.os), "closed");
    const Exposed& exposed = test::socket_of(exposure, row.socket);
    EXPECT_EQ(exposed.verdict, row.verdict) << row.name << ": " << exposed.verdict_reason;
    EXPECT_THAT(exposed.verdict_reason, HasSubstr(row.reason)) << row.name;
  }
}

// netstat -ab of a Windows 10 whose dynamic ports begin at 1536.
TEST(Verdicts, LsassOnAPortThatItIsNotKnownForIsToBeLookedAt) {
  const Exposure exposure = test::expose_as(
      test::read_text("  Proto  Local Address          Foreign Address        State\n"
                      "  TCP    0.0.0.0:1549           web1:0                 LISTENING\n"
                      " [lsass.exe]\n",
                      Os::win10),
      "closed");
  const Exposed& exposed = test::socket_of(exposure, "tcp 0.0.0.0:1549");
  EXPECT_EQ(exposed.verdict, Verdict::unknown);
  EXPECT_THAT(exposed.verdict_reason, HasSubstr("lsass.exe is known, but not for this port"));
}

TEST(Verdicts, ACandidateThatMayBeAProgramIsNotDenied) {
  const Exposure exposure =
      test::expose_as(test::read_text("Proto Local Address Foreign Address State PID\n"
                                      "TCP 0.0.0.0:1433 0.0.0.0:0 LISTENING 1556\n",
                                      Os::server2019),
                      "closed");
  const Exposed& exposed = test::socket_of(exposure, "tcp 0.0.0.0:1433");
  EXPECT_EQ(exposed.verdict, Verdict::unknown);
  EXPECT_THAT(exposed.verdict_reason, HasSubstr("it may as well be a program"));
}

struct AloneCase {
  const char* name;
  const char* text;
  const char* socket;
  Verdict verdict;
};

const AloneCase kAloneCases[] = {
    {"NoListenerAtAll", "TCP 127.0.0.1:8080 127.0.0.1:63110 ESTABLISHED 2908\n",
     "tcp 127.0.0.1:8080", Verdict::unknown},
    {"ListenersElsewhere",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 900\nTCP 10.0.0.3:51001 10.0.0.9:80 ESTABLISHED 77\n",
     "tcp 10.0.0.3:51001", Verdict::outbound},
    {"PortOfAServer",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 900\nTCP 10.0.0.3:80 10.0.0.9:52986 TIME_WAIT 0\n",
     "tcp 10.0.0.3:80", Verdict::unknown},
    {"HalfOpen",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 900\nTCP 10.0.0.3:8080 10.0.0.9:52986 SYN_RCVD 4\n",
     "tcp 10.0.0.3:8080", Verdict::unknown},
};

TEST(Verdicts, WhoOpenedAConnectionIsSaidOnlyWhereItIsKnown) {
  for (const AloneCase& row : kAloneCases) {
    const Exposure exposure = test::expose_as(
        test::read_text("Proto Local Address Foreign Address State PID\n" + std::string(row.text),
                        Os::server2019),
        "closed");
    const Exposed& exposed = test::socket_of(exposure, row.socket);
    EXPECT_EQ(exposed.verdict, row.verdict) << row.name << ": " << exposed.verdict_reason;
  }
}

TEST(Verdicts, ConnectionToAListenerSharesItsVerdict) {
  const Exposure exposure =
      test::expose_as(test::read_text("Proto Local Address Foreign Address State PID\n"
                                      "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\n"
                                      "TCP 10.0.0.3:445 10.0.0.9:51000 ESTABLISHED 4\n"
                                      "TCP 10.0.0.3:51001 10.0.0.9:80 ESTABLISHED 77\n",
                                      Os::server2019),
                      "internal-file-server");
  EXPECT_EQ(test::socket_of(exposure, "tcp 10.0.0.3:445").verdict, Verdict::needed);
  EXPECT_EQ(test::socket_of(exposure, "tcp 10.0.0.3:51001").verdict, Verdict::outbound);
}

}  // namespace
}  // namespace deadlight
