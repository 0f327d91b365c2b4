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

const VerdictCase kCases[] = {
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

INSTANTIATE_TEST_SUITE_P(Cases, Verdicts, testing::ValuesIn(kCases),
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
