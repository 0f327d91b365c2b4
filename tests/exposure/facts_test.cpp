// Owners by what a system says besides its list of sockets: command lines, RPC, URLs, titles.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "exposure/command_line.h"
#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Process process(std::uint32_t pid, std::string image, std::string command_line = {}) {
  Process result;
  result.pid = pid;
  result.image = std::move(image);
  result.command_line = std::move(command_line);
  return result;
}

RpcEndpoint registered(std::string uuid, std::string sequence, std::string endpoint) {
  RpcEndpoint result;
  result.interface_id = std::move(uuid);
  result.sequence = std::move(sequence);
  result.endpoint = std::move(endpoint);
  return result;
}

struct CommandCase {
  const char* text;
  const char* group;
  const char* service;
};

TEST(SvchostCommand, IsReadHoweverItIsWritten) {
  const CommandCase cases[] = {
      {"C:\\WINDOWS\\system32\\svchost.exe -k netsvcs", "netsvcs", ""},
      {"svchost.exe -k NetworkService -p -s Dnscache", "NetworkService", "Dnscache"},
      {"\"C:\\Program Files\\svchost.exe\" -k x", "x", ""},
      {"svchost -K rpcss", "rpcss", ""},
      {"svchost.exe -k", "", ""},
      {"svchost.exe -s Dnscache", "", ""},
      {"C:\\tool.exe -k netsvcs", "", ""},
      {"", "", ""},
  };
  for (const CommandCase& one : cases) {
    const SvchostCommand command = parse_svchost_command(one.text);
    EXPECT_EQ(command.group, one.group) << one.text;
    EXPECT_EQ(command.service, one.service) << one.text;
  }
}

constexpr std::string_view kOneUdp =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "UDP 0.0.0.0:1040 *:* 750\n";

TEST(CommandLine, GroupNamesTheServiceHost) {
  Snapshot host = test::read_text(kOneUdp, Os::winxp);
  host.processes = {process(750, "svchost.exe", "svchost.exe -k NetworkService")};
  const Owner owner = test::socket_of(test::expose_as(host, "closed"), "udp 0.0.0.0:1040").owner;
  EXPECT_EQ(owner.service, "Dnscache");
  EXPECT_EQ(owner.confidence, Confidence::derived);
  EXPECT_THAT(owner.because, Contains(HasSubstr("svchost.exe -k NetworkService")));
}

TEST(CommandLine, SingleServiceIsWhatTheSystemSays) {
  Snapshot host = test::read_text(
      "Proto  Local Address  Foreign Address  State  PID\n"
      "UDP 0.0.0.0:5355 *:* 750\n",
      Os::win10);
  host.processes = {process(750, "svchost.exe", "svchost.exe -k NetworkService -p -s Dnscache")};
  const Owner owner = test::socket_of(test::expose_as(host, "closed"), "udp 0.0.0.0:5355").owner;
  EXPECT_EQ(owner.service, "Dnscache");
  EXPECT_EQ(owner.confidence, Confidence::observed);
}

constexpr std::string_view kOneTcp =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 976\n";
constexpr const char* kSchedulerInterface = "1ff70682-0a51-30e8-076d-740be8cee98b";
constexpr const char* kMessengerInterface = "5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc";

TEST(RpcMap, OneServiceOnThePortIsItsOwner) {
  Snapshot host = test::read_text(kOneTcp, Os::winxp);
  host.rpc = {registered(kSchedulerInterface, "ncacn_ip_tcp", "1025")};
  const Owner owner = test::socket_of(test::expose_as(host, "closed"), "tcp 0.0.0.0:1025").owner;
  EXPECT_EQ(owner.service, "Schedule");
  EXPECT_EQ(owner.confidence, Confidence::derived);
  EXPECT_THAT(owner.because, Contains(HasSubstr("RPC endpoint map")));
}

TEST(RpcMap, NeighboursInTheProcessLeaveItOpen) {
  Snapshot host = test::read_text(kOneTcp, Os::winxp);
  host.rpc = {registered(kSchedulerInterface, "ncacn_ip_tcp", "1025"),
              registered("00000000-1111-2222-3333-444444444444", "ncacn_ip_tcp", "1025")};
  const Exposure exposure = test::expose_as(host, "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:1025").owner;
  EXPECT_THAT(owner.because, Contains(HasSubstr("00000000-1111")));
  EXPECT_NE(owner.confidence, Confidence::observed);
}

TEST(RpcMap, ContradictionLeavesNoOwnerCertain) {
  Snapshot host = test::read_text(
      "Proto  Local Address  Foreign Address  State  PID\n"
      "UDP 10.0.0.3:123 *:* 976\n"
      "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 976\n",
      Os::winxp);
  host.rpc = {registered(kMessengerInterface, "ncacn_ip_tcp", "1025")};
  const Owner owner = test::socket_of(test::expose_as(host, "closed"), "tcp 0.0.0.0:1025").owner;
  EXPECT_NE(owner.confidence, Confidence::derived);
  EXPECT_NE(owner.confidence, Confidence::observed);
  EXPECT_THAT(owner.candidates, Contains("Messenger"));
}

TEST(RpcMap, PipesAndLocalCallsSayNothingOfPorts) {
  Snapshot host = test::read_text(kOneTcp, Os::winxp);
  host.rpc = {registered(kSchedulerInterface, "ncacn_np", "\\PIPE\\atsvc"),
              registered(kSchedulerInterface, "ncalrpc", "1025")};
  const Exposure exposure = test::expose_as(host, "closed");
  for (const std::string& reason : test::socket_of(exposure, "tcp 0.0.0.0:1025").owner.because) {
    EXPECT_THAT(reason, Not(HasSubstr("endpoint map")));
  }
}

Snapshot kernel_http(std::string url, std::vector<std::uint32_t> pids) {
  Snapshot host = test::read_text(
      "Proto  Local Address  Foreign Address  State  PID\n"
      "TCP 0.0.0.0:5985 0.0.0.0:0 LISTENING 4\n",
      Os::server2019);
  HttpUrl registration;
  registration.url = std::move(url);
  registration.pids = std::move(pids);
  host.urls = {registration};
  return host;
}

TEST(HttpUrls, ProcessThatRegisteredOneOwnsTheKernelsPort) {
  Snapshot host = kernel_http("http://+:5985/wsman/", {1480});
  Process winrm = process(1480, "svchost.exe");
  winrm.services = {"WinRM"};
  winrm.services_known = true;
  host.processes = {winrm};
  const Owner owner = test::socket_of(test::expose_as(host, "closed"), "tcp 0.0.0.0:5985").owner;
  EXPECT_EQ(owner.service, "WinRM");
  EXPECT_EQ(owner.confidence, Confidence::observed);
  EXPECT_THAT(owner.because, Contains(HasSubstr("HTTP.sys serves http://+:5985/wsman/")));
}

TEST(HttpUrls, UnknownProcessProvesNoService) {
  const Exposure exposure = test::expose_as(kernel_http("http://+:5985/other/", {77}), "closed");
  EXPECT_NE(test::socket_of(exposure, "tcp 0.0.0.0:5985").owner.confidence, Confidence::observed);
}

TEST(StartedTitles, SayWhatRunsAndMakeADomainController) {
  Snapshot host = test::read_text(kOneTcp, Os::server2019);
  host.started = {{"Active Directory Domain Services", {}}};
  const Exposure exposure = test::expose_as(host, "closed");
  EXPECT_TRUE(exposure.evident.contains("domain-controller"));
  EXPECT_FALSE(test::expose_as(test::read_text(kOneTcp, Os::server2019), "closed")
                   .evident.contains("domain-controller"));
}

TEST(GuessedSystem, ProvesNoOwner) {
  Snapshot host = test::winxp();
  host.host.os_confidence = OsConfidence::guessed;
  for (const Exposed& exposed : test::expose_as(host, "closed").endpoints) {
    EXPECT_NE(exposed.owner.confidence, Confidence::derived) << endpoint_text(exposed.endpoint);
  }
}

OutsidePort answered(std::uint16_t port, Answer answer) {
  OutsidePort result;
  result.address = make_address("192.70.106.143");
  result.port = port;
  result.answer = answer;
  return result;
}

TEST(OutsideView, IsSaidOfEachSocketAndClosesNone) {
  Snapshot host = test::winxp();
  host.outside = {answered(135, Answer::open), answered(445, Answer::filtered)};
  const Exposure exposure = test::expose_as(host, "closed");
  EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:135").owner.because,
              Contains(HasSubstr("answers outside")));
  const Exposed& filtered = test::socket_of(exposure, "tcp 0.0.0.0:445");
  EXPECT_THAT(filtered.owner.because, Contains(HasSubstr("filtered outside: that is not closed")));
  EXPECT_EQ(filtered.verdict, Verdict::unneeded);
  EXPECT_EQ(exposure.endpoints.size(), 16u);
}

TEST(OutsideView, WhatNothingHereIsBoundToIsARowToLookAt) {
  Snapshot host = test::winxp();
  host.outside = {answered(8080, Answer::open), answered(8081, Answer::filtered)};
  const Exposure exposure = test::expose_as(host, "closed");
  const Exposed& unbound = test::socket_of(exposure, "tcp 192.70.106.143:8080");
  EXPECT_EQ(unbound.verdict, Verdict::unknown);
  EXPECT_THAT(unbound.verdict_reason, HasSubstr("nothing is bound inside"));
  EXPECT_EQ(exposure.endpoints.size(), 17u);
}

TEST(OutsideView, AloneItNamesCandidatesOnly) {
  Snapshot host;
  host.host.os = Os::winxp;
  host.outside = {answered(135, Answer::open), answered(445, Answer::open),
                  answered(80, Answer::closed)};
  const Exposure exposure = test::expose_as(host, "closed");
  ASSERT_EQ(exposure.endpoints.size(), 2u);
  for (const Exposed& exposed : exposure.endpoints) {
    EXPECT_GE(exposed.owner.confidence, Confidence::candidate) << endpoint_text(exposed.endpoint);
  }
  EXPECT_THAT(exposure.notes, Contains(HasSubstr("only what answered a scan from outside")));
}

TEST(Firewall, RulesAreNamedAndCloseNothing) {
  Snapshot host = test::winxp();
  FirewallRule rule;
  rule.name = "Block SMB";
  rule.enabled = rule.inbound = true;
  rule.protocol = "tcp";
  rule.local_port = "137-139,445";
  host.firewall = {rule};
  const Exposure exposure = test::expose_as(host, "closed");
  const Exposed& smb = test::socket_of(exposure, "tcp 0.0.0.0:445");
  EXPECT_THAT(smb.owner.because, Contains(HasSubstr("'Block SMB' blocks it")));
  EXPECT_EQ(smb.verdict, Verdict::unneeded);
  EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:135").owner.because,
              Not(Contains(HasSubstr("Block SMB"))));
}

TEST(Firewall, OfManyRulesTheFirstThreeAreNamedOnceEach) {
  Snapshot host = test::winxp();
  for (const char* name : {"one", "two", "three", "four"}) {
    FirewallRule rule;
    rule.name = name;
    rule.enabled = rule.inbound = true;
    rule.protocol = "TCP";
    rule.local_port = "445, 1-1000, 445";
    host.firewall.push_back(rule);
  }
  const Exposure exposure = test::expose_as(host, "closed");
  const auto& because = test::socket_of(exposure, "tcp 0.0.0.0:445").owner.because;
  std::vector<std::string> rules;
  std::copy_if(because.begin(), because.end(), std::back_inserter(rules),
               [](const std::string& text) { return text.starts_with("firewall rule"); });
  EXPECT_THAT(rules,
              testing::ElementsAre(HasSubstr("'one'"), HasSubstr("'two'"), HasSubstr("'three'")));
}

}  // namespace
}  // namespace deadlight
