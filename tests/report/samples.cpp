#include "report/samples.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/text_width.h"
#include "report/table.h"

// The rows below name only the fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace deadlight::report {
namespace {

using namespace knowledge;

constexpr OsRange kOldWindows = {Os::win2000, Os::win2003};
constexpr OsRange kWindows = {Os::winnt4, Os::server2025};
constexpr Text kSourceIds[] = {"marchand-2003"};

constexpr SourceFact kSources[] = {
    {"marchand-2003", "Marchand, Minimization of network services", "http://example.org/min_srv"}};

constexpr CapabilityFact kCapabilities[] = {
    {"file-sharing-server", "Other machines open this machine's shared folders"},
    {"remote-com", "Programs on other machines start COM objects here"}};

constexpr Text kShares[] = {"file-sharing-server"};
constexpr Text kRemoteCom[] = {"remote-com"};
constexpr Text kServerAliases[] = {"srv"};
constexpr AliasFact kAliases[] = {{"srv", "LanmanServer"}};

constexpr ServiceFact kServices[] = {
    {.id = "Dnscache", .title = "DNS Client", .os = kWindows, .sources = kSourceIds},
    {.id = "LanmanServer",
     .title = "Server",
     .os = kWindows,
     .aliases = kServerAliases,
     .provides = kShares,
     .breaks = "Other machines can no longer open this machine's shares.",
     .sources = kSourceIds},
    {.id = "NetBT", .title = "NetBIOS over TCP/IP", .kind = ServiceKind::driver, .os = kWindows},
    {.id = "RpcSs",
     .title = "Remote Procedure Call (RPC)",
     .os = kWindows,
     .protected_because = "Windows does not start without it",
     .protected_os = {Os::winnt4, Os::server2025}}};

constexpr OpensFact kSmbOpens[] = {{.protocol = Protocol::tcp,
                                    .port_first = 445,
                                    .port_last = 445,
                                    .os = kOldWindows,
                                    .holder = "NetBT"},
                                   {.protocol = Protocol::udp,
                                    .port_first = 445,
                                    .port_last = 445,
                                    .os = kOldWindows,
                                    .holder = "NetBT"}};
constexpr OpensFact kMapperOpens[] = {{.protocol = Protocol::tcp,
                                       .port_first = 135,
                                       .port_last = 135,
                                       .os = kWindows,
                                       .holder = "RpcSs"}};
constexpr OpensFact kDnsOpens[] = {
    {.protocol = Protocol::udp, .os = kOldWindows, .holder = "Dnscache", .client = true}};

constexpr FeatureFact kFeatures[] = {
    {.id = "dns-cache-socket",
     .title = "DNS cache",
     .purpose = "Keeps a socket for its next question.",
     .os = kOldWindows,
     .opens = kDnsOpens},
    {.id = "raw-smb",
     .title = "SMB without NetBIOS",
     .purpose = "Lets other machines open this machine's shared folders and printers.",
     .os = kOldWindows,
     .opens = kSmbOpens,
     .provides = kShares,
     .history = "Worms have spread through it: WannaCry in May 2017 by CVE-2017-0144.",
     .note = "Closing 139 leaves 445 open, and the other way round.",
     .sources = kSourceIds},
    {.id = "rpc-endpoint-mapper",
     .title = "RPC endpoint mapper",
     .purpose = "Tells callers on which port an RPC server listens.",
     .os = kWindows,
     .opens = kMapperOpens,
     .provides = kRemoteCom}};

constexpr TargetFact kSmbTarget[] = {{.feature = "raw-smb"}};
constexpr TargetFact kMapperTarget[] = {{.feature = "rpc-endpoint-mapper"}};
constexpr ChangeFact kSmbDevice[] = {
    {.kind = ChangeKind::registry,
     .target = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\NetBT\\Parameters",
     .name = "SmbDeviceEnabled",
     .type = "REG_DWORD",
     .data = "0",
     .reverse = "the value as it was before, or none"}};
constexpr ChangeFact kFirewall[] = {{.kind = ChangeKind::firewall,
                                     .target = "block tcp/445 from other networks",
                                     .type = "rule",
                                     .reverse = "remove the rule"}};
constexpr ChangeFact kRpcSsOff[] = {{.kind = ChangeKind::service,
                                     .target = "RpcSs",
                                     .type = "disabled",
                                     .reverse = "from recovery media"}};
constexpr CloserFact kClosers[] = {{.id = "rpcss_disable",
                                    .title = "Disable RpcSs",
                                    .os = kWindows,
                                    .targets = kMapperTarget,
                                    .changes = kRpcSsOff,
                                    .refused_because = "the host becomes unusable"},
                                   {.id = "smb1_off",
                                    .title = "Turn the SMB 1 dialect off",
                                    .os = kWindows,
                                    .effect = Effect::harden,
                                    .targets = kSmbTarget,
                                    .changes = kSmbDevice,
                                    .limits = "newer dialects keep the port open"},
                                   {.id = "smb_device_disable",
                                    .title = "Switch off the SMB device of NetBT",
                                    .os = kOldWindows,
                                    .phase = Phase::smb,
                                    .when = When::reboot,
                                    .targets = kSmbTarget,
                                    .changes = kSmbDevice,
                                    .breaks = "SMB goes on over port 139 only",
                                    .sources = kSourceIds},
                                   {.id = "smb_firewall",
                                    .title = "Let the firewall limit port 445",
                                    .os = kWindows,
                                    .effect = Effect::scope,
                                    .targets = kSmbTarget,
                                    .changes = kFirewall},
                                   {.id = "smb_modern",
                                    .title = "Stop the SMB server drivers",
                                    .os = {Os::vista, Os::server2025},
                                    .targets = kSmbTarget,
                                    .changes = kSmbDevice}};

constexpr PortFact kPorts[] = {{.protocol = Protocol::tcp,
                                .port = 445,
                                .windows_owner = "SMB",
                                .linux_owner = "smbd",
                                .abuse = "worms"}};
constexpr RoleFact kRoles[] = {
    {.id = "closed", .title = "Nothing reachable", .purpose = "", .extends = ""},
    {.id = "internal-file-server", .title = "File server", .needs = kShares}};

Exposed row(std::string_view protocol, std::string_view address, std::uint16_t port,
            std::uint32_t pid) {
  Exposed result;
  result.endpoint.protocol = *parse_protocol(protocol);
  result.endpoint.local = make_address(address);
  result.endpoint.port = port;
  result.endpoint.pid = pid;
  result.endpoint.state =
      result.endpoint.protocol == Protocol::tcp ? State::listening : State::bound;
  result.endpoint.sources = {{0, 7}};
  return result;
}

Exposed smb_row(std::string_view protocol, std::string_view address) {
  Exposed smb = row(protocol, address, 445, 4);
  smb.owner = {"System",
               "NetBT",
               "raw-smb",
               Confidence::derived,
               {},
               {"xp.txt:7: PID 4 is the kernel on Windows XP",
                "only SMB without NetBIOS (raw-smb) opens tcp/445 in the kernel there"}};
  smb.holders = {{"NetBT", "raw-smb", &kSmbOpens[0]}};
  smb.verdict = Verdict::unneeded;
  smb.verdict_reason = "no capability of the role closed needs SMB without NetBIOS";
  return smb;
}

std::vector<Exposed> sample_rows() {
  Exposed mapper = row("tcp", "0.0.0.0", 135, 884);
  mapper.owner = {"svchost.exe",       "RpcSs", "rpc-endpoint-mapper",
                  Confidence::derived, {},      {"xp.txt:5: tcp/135 is the endpoint mapper's"}};
  mapper.holders = {{"RpcSs", "rpc-endpoint-mapper", &kMapperOpens[0]}};
  mapper.verdict = Verdict::stuck;
  mapper.verdict_reason = "no setting closes it on this system; limit who reaches it";

  Exposed shared = row("tcp", "0.0.0.0", 1025, 976);
  shared.owner = {"svchost.exe",
                  "",
                  "",
                  Confidence::candidate,
                  {"Schedule", "RasMan", "winmgmt", "Browser", "lanmanworkstation", "wuauserv"},
                  {}};
  shared.verdict = Verdict::unneeded;
  shared.verdict_reason = "nothing that the role closed needs holds it";

  Exposed local = row("udp", "127.0.0.1", 1900, 1160);
  local.owner.process = "svchost.exe";
  local.owner.service = "SSDPSRV";
  local.owner.confidence = Confidence::observed;
  local.scope = local.reach = Reach::loopback;
  local.verdict = Verdict::local;
  local.verdict_reason = "bound to loopback";

  Exposed unknown = row("tcp", "fe80::d8b5:1234:5678:9abc%12", 31337, 2040);
  unknown.scope = unknown.reach = Reach::link;
  unknown.verdict_reason = "no process and no known owner; the number alone proves nothing";

  Exposed kept = row("tcp", "192.70.106.143", 443, 1500);
  kept.owner.process = "inetinfo.exe";
  kept.owner.confidence = Confidence::observed;
  kept.scope = kept.reach = Reach::adapter;
  kept.verdict = Verdict::needed;
  kept.verdict_reason = "kept by --keep 443/tcp";
  return {mapper, kept,    smb_row("tcp", "0.0.0.0"), smb_row("tcp", "::"),
          shared, unknown, smb_row("udp", "0.0.0.0"), local};
}

std::vector<Exposed> sample_connections() {
  Exposed phantom = row("tcp", "0.0.0.0", 1367, 1500);
  phantom.phantom = true;
  phantom.verdict = Verdict::outbound;
  phantom.verdict_reason = "tcp 192.70.106.143:1367 is connected to port 22 of another host";
  Exposed twin = row("tcp", "192.70.106.143", 1367, 1500);
  twin.endpoint.state = State::established;
  twin.endpoint.remote = make_address("192.70.106.76");
  twin.endpoint.remote_port = 22;
  twin.verdict = Verdict::outbound;
  return {phantom, twin};
}

}  // namespace

const Knowledge& sample_knowledge() {
  static const Knowledge kKnowledge = [] {
    Knowledge result;
    result.sources = kSources;
    result.capabilities = kCapabilities;
    result.services = kServices;
    result.aliases = kAliases;
    result.features = kFeatures;
    result.closers = kClosers;
    result.ports = kPorts;
    result.roles = kRoles;
    return result;
  }();
  return kKnowledge;
}

Exposure sample_exposure() {
  Exposure exposure;
  exposure.host = {"gargan", Os::winxp, "PID 4 holds port 445"};
  exposure.role.id = "closed";
  exposure.role.title = "Nothing reachable";
  exposure.evidence = {{"xp.txt", "netstat"}, {"tasks.txt", "tasklist"}};
  exposure.endpoints = sample_rows();
  for (Exposed& connection : sample_connections()) exposure.endpoints.push_back(connection);
  for (std::uint32_t line = 30; line < 42; ++line) {
    exposure.unread.push_back({"xp.txt", line, "port 70000 is above 65535"});
  }
  exposure.skipped = {{"xp.txt", 1, 3}, {"tasks.txt", 1, 1}};
  exposure.notes = {"tasks.txt names no process 884, which xp.txt shows"};
  return exposure;
}

Plan sample_plan() {
  Plan plan;
  plan.host = {"gargan", Os::winxp, "--os"};
  plan.role.id = "closed";
  plan.open_before = {"tcp 0.0.0.0:135", "tcp 0.0.0.0:445", "tcp 0.0.0.0:1025", "udp 0.0.0.0:445",
                      "udp 192.70.106.143:123"};
  Step time;
  time.title = "Stop and disable Windows Time";
  time.closers = {"disable:W32Time"};
  time.changes = {{knowledge::ChangeKind::service, "W32Time", "", "disabled", "", "automatic"}};
  time.closes = {"udp 192.70.106.143:123"};
  time.also_stops = {"Dependent1", "Dependent2"};
  time.breaks = {"The clock is no longer set from the network."};
  time.why = "It holds a port that the role closed does not need.";
  time.undo = {"set the start type of W32Time back to what it was, and start it"};
  time.open_after = {"tcp 0.0.0.0:135", "tcp 0.0.0.0:445", "tcp 0.0.0.0:1025", "udp 0.0.0.0:445"};
  Step smb;
  smb.title = "Switch off the SMB device of NetBT";
  smb.phase = knowledge::Phase::smb;
  smb.closers = {"smb_device_disable"};
  smb.changes = {{knowledge::ChangeKind::registry,
                  "HKLM\\SYSTEM\\CurrentControlSet\\Services\\NetBT\\Parameters",
                  "SmbDeviceEnabled", "REG_DWORD", "0", "the value as it was, or none"}};
  smb.reboot = true;
  smb.closes = {"tcp 0.0.0.0:445", "udp 0.0.0.0:445"};
  smb.warnings = {"Shares stay reachable over port 139 while NetBIOS is on."};
  smb.undo = {"delete the value, or write back what was there"};
  smb.open_after = {"tcp 0.0.0.0:135", "tcp 0.0.0.0:1025"};
  plan.steps = {time, smb};
  plan.kept = {"tcp 0.0.0.0:1025: kept by --keep 1025/tcp"};
  plan.local = {"udp 127.0.0.1:1900"};
  plan.unexplained = {"tcp 0.0.0.0:31337"};
  plan.stuck = {{"tcp 0.0.0.0:135", "the endpoint mapper is part of RpcSs, which is protected",
                 "rpc_firewall: Let the firewall limit port 135"}};
  plan.refused = {{"disable:RpcSs", "Windows does not start without it"}};
  plan.not_taken = {{"netbt_driver_disable", "Disable the NetBT driver",
                     "closes 445 as well, but ends file sharing as a client"}};
  plan.notes = {"The listing names no process for one port."};
  return plan;
}

WhatIf sample_what_if() {
  const Plan plan = sample_plan();
  const Step& step = plan.steps.back();
  WhatIf result;
  result.host = plan.host;
  result.changes = step.changes;
  result.open_before = plan.steps.front().open_after;
  result.open_at_once = result.open_before;
  result.open_after = step.open_after;
  result.closes = step.closes;
  result.breaks = {"SMB goes on over port 139 only."};
  result.reboot = true;
  return result;
}

Style style_of(int width) {
  Style style;
  style.width = width;
  return style;
}

void expect_file(std::string_view name, const std::string& text) {
  const std::string path = std::string(DEADLIGHT_TEST_DATA "/report/").append(name);
  if (std::getenv("DEADLIGHT_WRITE_EXPECTED") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path;
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str()) << "differs from " << path;
}

void expect_fits(const std::string& text, int width) {
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  for (const std::string_view line : split(text, '\n')) {
    EXPECT_LE(columns_in(line), width) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
  }
}

}  // namespace deadlight::report
