#include "exposure/experiment.h"

#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Result<Exposure> try_experiments(const Snapshot& first,
                                 const std::vector<Experiment>& experiments) {
  const Role role{"closed", "Closed", {}, {}, {}};
  return expose(first, experiments, role, SystemFacts(first.host.os, knowledge::builtin()));
}

Snapshot after(const char* file) {
  return test::read_host({std::string("walkthroughs/win2000/") + file}, Os::win2000);
}

Exposure whole_sequence() {
  return *try_experiments(
      test::win2000_listing_only(),
      {{{"iisadmin"}, after("01-after-iis.netstat.txt")},
       {{"policyagent"}, after("02-after-ipsec.netstat.txt")},
       {{"msdtc"}, after("03-after-msdtc.netstat.txt")},
       {{"netbt_adapter_disable", "lmhosts"}, after("04-after-netbt.netstat.txt")},
       {{"raw-smb"}, after("05-after-smb-direct.netstat.txt")}});
}

struct SequenceCase {
  const char* socket;
  const char* service;
  const char* feature;
};

// The document works out the same owners with fport; here nothing but its listings is read.
TEST(Experiment, Windows2000SequenceNamesWhatTheDocumentStopped) {
  const SequenceCase cases[] = {{"tcp 0.0.0.0:25", "SMTPSVC", "iis-smtp"},
                                {"tcp 0.0.0.0:80", "W3SVC", "iis-web"},
                                {"tcp 0.0.0.0:443", "W3SVC", "iis-web"},
                                {"tcp 0.0.0.0:1027", "IISADMIN", "iis-admin"},
                                {"tcp 0.0.0.0:4983", "IISADMIN", "iis-admin"},
                                {"udp 0.0.0.0:1028", "IISADMIN", "iis-admin"},
                                {"udp 0.0.0.0:3456", "W3SVC", "iis-web"},
                                {"udp 192.70.106.143:500", "PolicyAgent", "ike"},
                                {"tcp 0.0.0.0:1025", "MSDTC", "msdtc"},
                                {"tcp 0.0.0.0:3372", "MSDTC", "msdtc"},
                                {"tcp 192.70.106.143:139", "NetBT", "netbt"},
                                {"udp 192.70.106.143:137", "NetBT", "netbt"},
                                {"udp 192.70.106.143:138", "NetBT", "netbt"},
                                {"tcp 0.0.0.0:445", "NetBT", "raw-smb"},
                                {"udp 0.0.0.0:445", "NetBT", "raw-smb"}};
  const Exposure exposure = whole_sequence();
  for (const SequenceCase& one : cases) {
    const Owner& owner = test::socket_of(exposure, one.socket).owner;
    EXPECT_EQ(owner.confidence, Confidence::observed) << one.socket;
    EXPECT_EQ(owner.service, one.service) << one.socket;
    EXPECT_EQ(owner.feature, one.feature) << one.socket;
    EXPECT_THAT(owner.because, Contains(HasSubstr("observed by experiment: gone after")))
        << one.socket;
  }
}

TEST(Experiment, WhatStaysRulesOutWhatWasStopped) {
  const Exposure exposure = whole_sequence();
  const Owner& scheduler = test::socket_of(exposure, "tcp 0.0.0.0:1026").owner;
  EXPECT_EQ(scheduler.confidence, Confidence::candidate);
  EXPECT_THAT(scheduler.candidates, UnorderedElementsAre("RasMan", "Schedule"));
  EXPECT_THAT(scheduler.because, Contains(HasSubstr("not of MSDTC: still open after")));
  EXPECT_NE(test::socket_of(exposure, "tcp 0.0.0.0:135").owner.confidence, Confidence::observed);
}

constexpr const char* kNetstatHeading = "Proto  Local Address  Foreign Address  State\n";

Snapshot listing(const std::string& rows) {
  return test::read_text(kNetstatHeading + rows, Os::win2000);
}

struct DoubtCase {
  const char* name;
  const char* before;
  const char* after;
  const char* socket;
};

TEST(Experiment, ClaimsNothingThatMayBeAClients) {
  const DoubtCase cases[] = {
      {"came back on another port", "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING\n",
       "TCP 0.0.0.0:1030 0.0.0.0:0 LISTENING\n", "tcp 0.0.0.0:1025"},
      {"another's port", "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING\n",
       "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n", "tcp 0.0.0.0:3389"},
      {"MSDTC opens no UDP", "UDP 0.0.0.0:1040 *:*\n", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n",
       "udp 0.0.0.0:1040"},
      {"more than it opens",
       "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING\nTCP 0.0.0.0:1099 0.0.0.0:0 LISTENING\n",
       "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n", "tcp 0.0.0.0:1025"},
  };
  for (const DoubtCase& one : cases) {
    const Snapshot first = listing(one.before);
    const Result<Exposure> exposure = try_experiments(first, {{{"msdtc"}, listing(one.after)}});
    ASSERT_TRUE(exposure) << one.name;
    EXPECT_NE(test::socket_of(*exposure, one.socket).owner.confidence, Confidence::observed)
        << one.name;
  }
}

TEST(Experiment, UnknownNameIsRefused) {
  const Snapshot first = test::win2000_listing_only();
  const Result<Exposure> exposure = try_experiments(first, {{{"mesenger"}, first}});
  ASSERT_FALSE(exposure);
  EXPECT_EQ(exposure.error().code, Errc::not_found);
  EXPECT_THAT(exposure.error().message, HasSubstr("--stopped: 'mesenger'"));
}

}  // namespace
}  // namespace deadlight
