#include "model/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "model/snapshot_json.h"

namespace deadlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Endpoint listener(const char* address, std::uint16_t port, std::optional<std::uint32_t> pid,
                  SourceRef source) {
  Endpoint endpoint;
  endpoint.local = make_address(address);
  endpoint.port = port;
  endpoint.pid = pid;
  endpoint.sources = {source};
  return endpoint;
}

Process process(std::uint32_t pid, const char* image, SourceRef source) {
  Process result;
  result.pid = pid;
  result.image = image;
  result.sources = {source};
  return result;
}

Snapshot two_files() {
  Snapshot snapshot;
  snapshot.evidence = {{"b.txt", "netstat"}, {"a.txt", "fport"}};
  return snapshot;
}

TEST(Normalise, RowsOfOneSocketBecomeOne) {
  Snapshot snapshot = two_files();
  Endpoint named = listener("0.0.0.0", 135, 884, {1, 7});
  named.process = "svchost.exe";
  named.components = {"RpcSs"};
  snapshot.endpoints = {listener("0.0.0.0", 135, std::nullopt, {0, 4}), named,
                        listener("0.0.0.0", 135, std::nullopt, {0, 4})};
  normalise(snapshot);
  ASSERT_EQ(snapshot.endpoints.size(), 1U);
  const Endpoint& merged = snapshot.endpoints[0];
  EXPECT_EQ(merged.pid, 884U);
  EXPECT_EQ(merged.process, "svchost.exe");
  EXPECT_THAT(merged.components, ElementsAre("RpcSs"));
  EXPECT_THAT(merged.sources, ElementsAre(SourceRef{0, 7}, SourceRef{1, 4}));
  EXPECT_EQ(snapshot.evidence[0].name, "a.txt");
  EXPECT_THAT(snapshot.notes, IsEmpty());
}

TEST(Normalise, TwoOwnersInTwoFilesAreKeptAndNamed) {
  Snapshot snapshot = two_files();
  snapshot.endpoints = {listener("0.0.0.0", 135, 884, {0, 4}),
                        listener("0.0.0.0", 135, 900, {1, 5})};
  normalise(snapshot);
  EXPECT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_THAT(snapshot.notes,
              ElementsAre("tcp 0.0.0.0:135 has PID 884 in b.txt:4 and PID 900 in a.txt:5: both are "
                          "kept; are the files of one host and time?"));
}

TEST(Normalise, ASocketThatProgramsShareIsNoContradiction) {
  Snapshot snapshot = two_files();
  snapshot.endpoints = {listener("0.0.0.0", 5353, 1, {0, 4}), listener("0.0.0.0", 5353, 2, {0, 5})};
  normalise(snapshot);
  EXPECT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_THAT(snapshot.notes, IsEmpty());
}

/// What the rows of a UDP socket become, as "PID process": "-" for none.
std::vector<std::string> owners(const std::vector<std::pair<std::uint32_t, const char*>>& rows,
                                std::uint16_t port, const char* image_of_1) {
  Snapshot snapshot = two_files();
  std::uint32_t line = 1;
  for (const auto& [pid, name] : rows) {
    Endpoint row = listener("0.0.0.0", port, pid == 0 ? std::nullopt : std::optional(pid),
                            {pid == 0 ? 1U : 0U, line++});
    row.protocol = Protocol::udp;
    row.process = name;
    snapshot.endpoints.push_back(row);
  }
  if (*image_of_1 != '\0') snapshot.processes = {process(1, image_of_1, {0, 9})};
  normalise(snapshot);
  std::vector<std::string> found;
  for (const Endpoint& row : snapshot.endpoints) {
    const std::string name(row.process.str());
    found.push_back((row.pid ? std::to_string(*row.pid) : "-") + " " + (name.empty() ? "-" : name));
  }
  return found;
}

TEST(Normalise, ARowWithoutPidLendsItsNameToNoOther) {
  EXPECT_THAT(owners({{1, ""}, {0, "a.exe"}}, 500, ""), UnorderedElementsAre("1 a.exe"));
  EXPECT_THAT(owners({{1, "a.exe"}, {0, "A.EXE"}}, 500, ""), UnorderedElementsAre("1 A.EXE"));
  EXPECT_THAT(owners({{1, "b.exe"}, {0, "a.exe"}}, 500, ""),
              UnorderedElementsAre("1 b.exe", "- a.exe"));
  EXPECT_THAT(owners({{1, ""}, {0, "a.exe"}, {0, "b.exe"}}, 500, ""),
              UnorderedElementsAre("1 -", "- a.exe", "- b.exe"));
  EXPECT_THAT(owners({{1, ""}, {2, ""}, {0, "a.exe"}}, 500, ""),
              UnorderedElementsAre("1 -", "2 -", "- a.exe"));
  EXPECT_THAT(owners({{1, ""}, {0, "a.exe"}}, 500, "b.exe"),
              UnorderedElementsAre("1 -", "- a.exe"));
  EXPECT_THAT(owners({{1, ""}, {0, "a.exe"}}, 5353, "a.exe"), UnorderedElementsAre("1 a.exe"));
  // Programs share this port: the row of the other may be lost.
  EXPECT_THAT(owners({{1, ""}, {0, "a.exe"}}, 5353, ""), UnorderedElementsAre("1 -", "- a.exe"));
}

// netstat -b names the service of a service host. On a port that programs share, the host for which
// it named none is another than the one that a listing without PIDs shows with its service.
TEST(Normalise, AServiceIsNotGivenToAnotherServiceHost) {
  const auto rows_of = [](std::uint16_t port) {
    Snapshot snapshot = two_files();
    Endpoint host = listener("0.0.0.0", port, 2280, {0, 1});
    Endpoint service = listener("0.0.0.0", port, std::nullopt, {1, 1});
    host.protocol = service.protocol = Protocol::udp;
    host.process = service.process = "svchost.exe";
    service.components = {"Dnscache"};
    snapshot.endpoints = {host, service};
    normalise(snapshot);
    return snapshot.endpoints;
  };
  const std::vector<Endpoint> shared = rows_of(5353);
  ASSERT_EQ(shared.size(), 2U);
  for (const Endpoint& row : shared) EXPECT_EQ(row.components.empty(), row.pid.has_value());
  EXPECT_EQ(rows_of(500).size(), 1U) << "one socket, seen twice";
}

/// Addresses and PIDs of UDP 53 after normalise(); `rows` are address, PID (0: none) and evidence.
struct DeviceRow {
  const char* address;
  std::uint32_t pid;
  std::uint32_t evidence;
};
std::vector<std::string> on_devices(const std::vector<DeviceRow>& rows) {
  Snapshot snapshot = two_files();
  std::uint32_t line = 1;
  for (const DeviceRow& row : rows) {
    snapshot.endpoints.push_back(listener(row.address, 53,
                                          row.pid == 0 ? std::nullopt : std::optional(row.pid),
                                          {row.evidence, line++}));
  }
  normalise(snapshot);
  std::vector<std::string> found;
  for (const Endpoint& row : snapshot.endpoints) {
    found.push_back(row.local.text() + " " + (row.pid ? std::to_string(*row.pid) : "-"));
  }
  return found;
}

TEST(Normalise, ADeviceThatOneToolNamesIsOfTheSameSocket) {
  EXPECT_THAT(on_devices({{"127.0.0.53%lo", 0, 0}, {"127.0.0.53", 7, 1}}),
              ElementsAre("127.0.0.53%lo 7"));
  EXPECT_THAT(on_devices({{"fe80::1", 7, 0}, {"fe80::1%eth0", 7, 1}}),
              ElementsAre("fe80::1%eth0 7"));
  // One tool shows both, several devices, or another process: they are several sockets.
  EXPECT_THAT(on_devices({{"0.0.0.0%br0", 0, 0}, {"0.0.0.0", 0, 0}, {"0.0.0.0", 7, 1}}),
              UnorderedElementsAre("0.0.0.0 7", "0.0.0.0%br0 -"));
  EXPECT_THAT(on_devices({{"0.0.0.0%br0", 0, 0}, {"0.0.0.0%br1", 0, 0}, {"0.0.0.0", 7, 1}}),
              UnorderedElementsAre("0.0.0.0 7", "0.0.0.0%br0 -", "0.0.0.0%br1 -"));
  EXPECT_THAT(on_devices({{"0.0.0.0%br0", 6, 0}, {"0.0.0.0", 7, 1}}),
              UnorderedElementsAre("0.0.0.0 7", "0.0.0.0%br0 6"));
}

// More than are compared each with each, which would take a minute for 65,536.
TEST(Normalise, OneSocketMayHaveManyNamesEachOnce) {
  constexpr std::uint32_t kNames = 1'000;
  Snapshot snapshot = two_files();
  for (std::uint32_t i = 0; i < 2 * kNames; ++i) {
    Endpoint row = listener("0.0.0.0", 80, std::nullopt, {i / kNames, i % kNames});
    row.process = "program" + std::to_string(i % kNames);
    snapshot.endpoints.push_back(row);
  }
  normalise(snapshot);
  ASSERT_EQ(snapshot.endpoints.size(), kNames);
  for (const Endpoint& row : snapshot.endpoints) EXPECT_EQ(row.sources.size(), 2U);
}

TEST(Normalise, OnePortInTwoNamespacesIsTwoSockets) {
  Snapshot snapshot;
  for (const char* where : {"container web", "", "container db"}) {
    Endpoint endpoint;
    endpoint.local = make_address("0.0.0.0");
    endpoint.port = 80;
    LiveFacts live;
    live.net_namespace = where;
    endpoint.live = live;
    snapshot.endpoints.push_back(endpoint);
  }
  normalise(snapshot);
  ASSERT_EQ(snapshot.endpoints.size(), 3U);
  EXPECT_EQ(snapshot.endpoints[0].net_namespace(), "");
  EXPECT_EQ(snapshot.endpoints[1].net_namespace(), "container db");
  EXPECT_EQ(snapshot.endpoints[2].net_namespace(), "container web");
  EXPECT_TRUE(snapshot.notes.empty());
}

TEST(Normalise, ProcessesWithOnePidBecomeOne) {
  Snapshot snapshot = two_files();
  Process hosted = process(848, "inetinfo.exe", {1, 3});
  hosted.services = {"W3SVC", "IISADMIN"};
  hosted.services_known = true;
  snapshot.processes = {process(848, "inetinfo", {0, 2}), hosted};
  normalise(snapshot);
  ASSERT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.processes[0].image, "inetinfo.exe");
  EXPECT_TRUE(snapshot.processes[0].services_known);
  EXPECT_THAT(snapshot.processes[0].services, ElementsAre("IISADMIN", "W3SVC"));
  EXPECT_THAT(snapshot.notes, IsEmpty());
}

TEST(Normalise, TwoImagesForOnePidAreNamed) {
  Snapshot snapshot = two_files();
  snapshot.processes = {process(848, "svchost.exe", {0, 2}), process(848, "inetinfo.exe", {1, 3})};
  normalise(snapshot);
  ASSERT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.processes[0].image, "inetinfo.exe");
  EXPECT_THAT(
      snapshot.notes,
      ElementsAre("PID 848 is inetinfo.exe in a.txt:3 and svchost.exe in b.txt:2: the first "
                  "is kept; are the files of one host and time?"));
}

TEST(Normalise, ServicesWithOneNameBecomeOne) {
  Snapshot snapshot;
  Service state{"Dnscache", "DNS Client", ServiceState::running, StartType::unknown, 1112, {}, {}};
  Service start{"dnscache", "", ServiceState::unknown, StartType::automatic, {}, {"Tcpip"}, {}};
  snapshot.services = {start, state};
  normalise(snapshot);
  ASSERT_EQ(snapshot.services.size(), 1U);
  EXPECT_EQ(snapshot.services[0].title, "DNS Client");
  EXPECT_EQ(snapshot.services[0].state, ServiceState::running);
  EXPECT_EQ(snapshot.services[0].start, StartType::automatic);
  EXPECT_EQ(snapshot.services[0].pid, 1112U);
  EXPECT_THAT(snapshot.services[0].depends_on, ElementsAre("Tcpip"));
}

TEST(Normalise, AnInitScriptIsTheUnitOfItsName) {
  Snapshot snapshot = two_files();
  Endpoint socket = listener("0.0.0.0", 53, std::nullopt, {0, 1});
  socket.unit = "named.service";
  snapshot.endpoints = {socket};
  for (const char* name : {"ssh", "ssh.service", "named", "cron"}) {
    Service service;
    service.name = name;
    snapshot.services.push_back(service);
  }
  normalise(snapshot);
  std::vector<std::string> names;
  for (const Service& service : snapshot.services) names.push_back(service.name);
  EXPECT_THAT(names, ElementsAre("cron", "named.service", "ssh.service"));
}

TEST(Normalise, AServiceInTwoStatesIsNamed) {
  Snapshot snapshot = two_files();
  snapshot.services = {{"W32Time", "", ServiceState::stopped, {}, {}, {}, {{0, 1}}},
                       {"W32Time", "", ServiceState::running, {}, {}, {}, {{1, 9}}}};
  normalise(snapshot);
  EXPECT_EQ(snapshot.services.size(), 1U);
  EXPECT_THAT(snapshot.notes, ElementsAre("service W32Time is running in a.txt:9 and stopped in "
                                          "b.txt:1: running is kept"));
}

TEST(Normalise, ASettingWithTwoValuesIsNamed) {
  Snapshot snapshot = two_files();
  snapshot.settings = {{"HKLM\\A", "Start", "REG_DWORD", "2", {{0, 1}}},
                       {"hklm\\a", "start", "REG_DWORD", "4", {{1, 2}}}};
  normalise(snapshot);
  EXPECT_EQ(snapshot.settings.size(), 1U);
  EXPECT_THAT(snapshot.notes,
              ElementsAre("HKLM\\A Start is 2 in b.txt:1 and 4 in a.txt:2: the first is kept"));
}

/// Facts that meet each other in every way, for the property below.
Snapshot busy_host(std::mt19937& random) {
  Snapshot snapshot;
  snapshot.evidence = {{"c.txt", "sc"}, {"a.txt", "netstat"}, {"b.txt", "fport"}};
  const auto below = [&random](std::uint32_t n) {
    return static_cast<std::uint32_t>(random() % n);
  };
  for (int i = 0; i < 60; ++i) {
    const SourceRef source{below(3), below(5)};
    const auto port = static_cast<std::uint16_t>(135 + below(3));
    Endpoint endpoint = listener(below(2) == 0 ? "0.0.0.0" : "10.0.0.1", port, {}, source);
    if (below(2) == 0) endpoint.pid = below(3);
    if (below(3) == 0) endpoint.process = below(2) == 0 ? "svchost.exe" : "System";
    if (below(3) == 0) endpoint.components = {below(2) == 0 ? "RpcSs" : "rpcss"};
    if (below(5) == 0) endpoint.state = State::closed;
    snapshot.endpoints.push_back(endpoint);
    snapshot.processes.push_back(process(below(3), below(2) == 0 ? "a.exe" : "A", source));
    Service service{below(2) == 0 ? "W3svc" : "w3SVC", "", {}, {}, {}, {}, {source}};
    service.state = static_cast<ServiceState>(below(3));
    service.start = static_cast<StartType>(below(3));
    snapshot.services.push_back(service);
    snapshot.settings.push_back(
        {"HKLM\\K", below(2) == 0 ? "V" : "v", "REG_SZ", std::to_string(below(2)), {source}});
  }
  return snapshot;
}

TEST(Normalise, TheOrderOfReadingNeverMatters) {
  std::mt19937 random(20040216);
  for (int round = 0; round < 50; ++round) {
    Snapshot first = busy_host(random);
    Snapshot second = first;
    std::shuffle(second.endpoints.begin(), second.endpoints.end(), random);
    std::shuffle(second.processes.begin(), second.processes.end(), random);
    std::shuffle(second.services.begin(), second.services.end(), random);
    std::shuffle(second.settings.begin(), second.settings.end(), random);
    normalise(first);
    normalise(second);
    EXPECT_EQ(to_json(first), to_json(second));
    normalise(second);
    EXPECT_EQ(to_json(first), to_json(second)) << "a second time changes nothing";
  }
}

TEST(Snapshot, FindsFactsWithoutCase) {
  Snapshot snapshot;
  snapshot.processes = {process(4, "System", {})};
  snapshot.services = {{"RpcSs", "", {}, {}, {}, {}, {}}};
  snapshot.settings = {{"HKLM\\SOFTWARE\\Microsoft\\Ole", "EnableDCOM", "REG_SZ", "Y", {}}};
  EXPECT_EQ(snapshot.process(4)->image, "System");
  EXPECT_EQ(snapshot.process(5), nullptr);
  EXPECT_EQ(snapshot.service("rpcss")->name, "RpcSs");
  EXPECT_EQ(snapshot.service("rpc"), nullptr);
  EXPECT_EQ(snapshot.setting("hklm\\software\\microsoft\\ole", "enabledcom")->data, "Y");
  EXPECT_EQ(snapshot.setting("HKLM\\SOFTWARE\\Microsoft\\Ole", ""), nullptr);
}

}  // namespace
}  // namespace deadlight
