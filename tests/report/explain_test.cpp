#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string explained(std::string_view subject, int width = 80) {
  const auto text = explain_text(subject, sample_exposure(), sample_knowledge(), style_of(width));
  return text ? *text : "error: " + text.error().message;
}

TEST(ExplainText, PortAt80Columns) {
  const std::string text = explained("445/tcp");
  expect_fits(text, 80);
  expect_file("explain-445-tcp-80.txt", text);
}

TEST(ExplainText, PortAt200Columns) {
  const std::string text = explained("445/tcp", 200);
  expect_fits(text, 200);
  expect_file("explain-445-tcp-200.txt", text);
}

TEST(ExplainText, EachWayToWriteAPort) {
  const std::string text = explained("445/tcp");
  EXPECT_EQ(explained("tcp/445"), text);
  EXPECT_EQ(explained(" 445/TCP "), text);
  EXPECT_EQ(explained("tcp 0.0.0.0:445"), text);
  const std::string both = explained("445");
  EXPECT_THAT(both, HasSubstr("tcp 0.0.0.0:445"));
  EXPECT_THAT(both, HasSubstr("udp 0.0.0.0:445"));
}

TEST(ExplainText, ServiceByAliasAndFeatureById) {
  EXPECT_THAT(explained("SRV"), HasSubstr("LanmanServer\n"));
  EXPECT_THAT(explained("lanmanserver"),
              HasSubstr("Stop and disable Server (disable:LanmanServer)"));
  EXPECT_THAT(explained("raw-smb"), HasSubstr("tcp 0.0.0.0:445"));
  EXPECT_THAT(explained("smb_device_disable"), HasSubstr("tcp 0.0.0.0:445"));
}

TEST(ExplainText, ProtectedServiceIsNoWay) {
  const std::string text = explained("135/tcp");
  EXPECT_THAT(text, HasSubstr("disable:RpcSs: Windows does not start without it"));
  EXPECT_THAT(text, HasSubstr("Disable RpcSs (rpcss_disable): the host becomes unusable"));
  EXPECT_THAT(text, HasSubstr("None is known."));
}

TEST(ExplainText, ServiceThatOnlyTheHostKnows) {
  const std::string text = explained("ssdpsrv");
  EXPECT_THAT(text, HasSubstr("udp 127.0.0.1:1900"));
  EXPECT_THAT(text, HasSubstr("not in the knowledge base"));
}

TEST(ExplainText, PortNotOpenHereIsStillExplained) {
  Exposure exposure = sample_exposure();
  exposure.endpoints.clear();
  const auto text = explain_text("445/tcp", exposure, sample_knowledge(), style_of(80));
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("Not open."));
  EXPECT_THAT(*text, HasSubstr("(smb_device_disable)"));
}

TEST(ExplainText, OpenPortWithoutOwnerIsNotExplainedByItsNumber) {
  Exposure exposure = sample_exposure();
  for (Exposed& row : exposure.endpoints) {
    row.owner = {};
    row.holders.clear();
  }
  const auto text = explain_text("445/tcp", exposure, sample_knowledge(), style_of(80));
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("Nobody could be named for it."));
  EXPECT_THAT(*text, Not(HasSubstr("WannaCry")));
  EXPECT_THAT(*text, HasSubstr("a hint, never a proof"));
}

struct BadSubject {
  const char* name;
  const char* subject;
  Errc code;
  const char* message;
};

class ExplainBadSubject : public testing::TestWithParam<BadSubject> {};

TEST_P(ExplainBadSubject, IsNamedInOneLine) {
  const auto text = explain_text(GetParam().subject, sample_exposure(), sample_knowledge(), {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, GetParam().code);
  EXPECT_THAT(text.error().message, HasSubstr(GetParam().message));
  EXPECT_THAT(text.error().message, Not(HasSubstr("\n")));
}

const BadSubject kBadSubjects[] = {
    {"Empty", "  ", Errc::malformed, "explain what? Give a port"},
    {"PortTooBig", "70000/tcp", Errc::malformed, "'70000' is no port; give 1 to 65535"},
    {"PortZero", "0", Errc::malformed, "'0' is no port"},
    {"NoPort", "tcp/", Errc::malformed, "'' is no port"},
    {"NoProtocol", "445/dccp", Errc::malformed, "'445/dccp' is no port; write it as 445/tcp"},
    {"PortNobodyKnows", "4711/tcp", Errc::not_found, "4711/tcp is not open here"},
    {"NameNobodyKnows", "nonsense", Errc::not_found, "'nonsense' is neither on this host"},
    {"PartOfAName", "lanman", Errc::not_found, "did you mean LanmanServer"},
};
INSTANTIATE_TEST_SUITE_P(Rows, ExplainBadSubject, testing::ValuesIn(kBadSubjects),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace deadlight::report
