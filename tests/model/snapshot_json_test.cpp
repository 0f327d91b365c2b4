#include "model/snapshot_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace deadlight {
namespace {

using testing::HasSubstr;

Snapshot full_snapshot() {
  Snapshot snapshot;
  snapshot.host = {"gargan", Os::winxp, "--os"};
  snapshot.evidence = {{"host.txt", "netstat+tasklist"}};
  Endpoint open;
  open.local = make_address("[fe80::1%12]");
  open.port = 135;
  open.pid = 884;
  open.process = "svchost.exe";
  open.components = {"RpcSs"};
  open.unit = "x.service";
  open.sources = {{0, 4}, {0, 9}};
  Endpoint connection = open;
  connection.state = State::time_wait;
  connection.remote = make_address("microsoft.com");
  connection.remote_port = 80;
  connection.pid.reset();
  LiveFacts live;
  live.net_namespace = "container web";
  live.uid = 33;
  live.cgroup = "/system.slice/x.service";
  live.dual_stack = false;
  live.activates = "x.service";
  live.filter = Filter::limited;
  live.filter_because = "rule 3 of inet filter input lets some through";
  live.forwards_to = "172.17.0.2:80";
  live.sockets = 3;
  live.ports = {{135, 136}, {140, 140}};
  live.addresses = 2;
  live.remotes = 3;
  live.processes = 4;
  connection.live = live;
  snapshot.endpoints = {open, connection};
  snapshot.processes = {{884, "svchost.exe", "C:\\x", {"RpcSs"}, true, {{0, 5}}}};
  snapshot.services = {
      {"RpcSs", "RPC", ServiceState::pending, StartType::automatic, 884, {"DcomLaunch"}, {{0, 6}}}};
  snapshot.processes[0].package = "x 1.0-1";
  UnitState unit;
  unit.active = "active";
  unit.enablement = "enabled";
  unit.preset = "disabled";
  unit.triggers = {"y.service"};
  unit.triggered_by = {"x.socket"};
  unit.required_by = {"z.service"};
  unit.drop_ins = {"/etc/systemd/system/x.service.d/a.conf"};
  snapshot.services[0].unit = unit;
  snapshot.settings = {{"HKLM\\A", "", "REG_SZ", "\"ü\"", {{0, 7}}}};
  snapshot.other_sockets = {{"vsock",
                             "cid 3 port 1024",
                             "listening",
                             "netns blue",
                             0,
                             1,
                             "systemd",
                             "init.scope",
                             {{0, 8}}}};
  snapshot.unread = {{"host.txt", 3, "port 70000 is above 65535"}};
  snapshot.skipped = {{"host.txt", 10, 12}};
  snapshot.notes = {"note"};
  return snapshot;
}

TEST(SnapshotJson, EveryFieldComesBack) {
  const Snapshot before = full_snapshot();
  const auto after = snapshot_from_json(to_json(before), "a.json");
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(to_json(*after), to_json(before));
  EXPECT_EQ(after->host.name, "gargan");
  EXPECT_TRUE(after->endpoints[0].local.is_v6());
  EXPECT_FALSE(after->endpoints[0].remote);
  EXPECT_FALSE(after->endpoints[0].live);
  EXPECT_EQ(after->endpoints[1].live, before.endpoints[1].live);
  EXPECT_EQ(after->services[0].unit, before.services[0].unit);
  EXPECT_EQ(after->processes[0].package, "x 1.0-1");
}

TEST(SnapshotJson, SchemaStandsFirstAndKeysAreThoseOfTheStructs) {
  const std::string json = to_json(full_snapshot());
  EXPECT_EQ(json.substr(0, 40), "{\n \"schema\": \"deadlight.snapshot/1\",\n \"h");
  EXPECT_THAT(json, HasSubstr("\"services_known\": true"));
  EXPECT_THAT(json, HasSubstr("\"remote\": null"));
  EXPECT_THAT(json, HasSubstr("\"local\": \"fe80::1%12\""));
}

TEST(SnapshotJson, BytesThatAreNoUtf8AreWrittenAsReplacement) {
  Snapshot snapshot;
  snapshot.evidence = {{"f\xFF.txt", "netstat"}};
  const auto after = snapshot_from_json(to_json(snapshot), "a.json");
  ASSERT_TRUE(after);
  EXPECT_EQ(after->evidence[0].name, "f\xEF\xBF\xBD.txt");
}

struct ErrorCase {
  const char* json;
  Errc code;
  const char* message;
};

const ErrorCase kErrors[] = {
    {"{", Errc::malformed, "a.json: parse error at line 1, column 2: "},
    {"[1]", Errc::malformed, "a.json: $.schema is missing; it must be \"deadlight.snapshot/1\""},
    {"{}", Errc::malformed, "a.json: $.schema is missing; it must be \"deadlight.snapshot/1\""},
    {R"({"schema": "deadlight.exposure/1"})", Errc::unsupported,
     "a.json: $.schema is \"deadlight.exposure/1\"; only \"deadlight.snapshot/1\" is read"},
    {R"({"schema": "deadlight.snapshot/1", "endpoint": []})", Errc::malformed,
     "a.json: $: unknown key 'endpoint'; correct the file or make it again"},
    {R"({"schema": "deadlight.snapshot/1", "endpoints": {}})", Errc::malformed,
     "a.json: $.endpoints: a list is expected; correct the file or make it again"},
    {R"({"schema": "deadlight.snapshot/1", "endpoints": [{"protocol": "tcp", "port": 1}]})",
     Errc::malformed, "a.json: $.endpoints[0]: 'local' is missing; "},
    {R"({"schema": "deadlight.snapshot/1", "endpoints": [
         {"protocol": "tcp", "local": "::", "port": 65536, "state": "listening"}]})",
     Errc::malformed, "a.json: $.endpoints[0].port: a whole number from 0 to 65535 is expected; "},
    {R"({"schema": "deadlight.snapshot/1", "endpoints": [
         {"protocol": "tcp", "local": "::", "port": -1, "state": "listening"}]})",
     Errc::malformed, "a.json: $.endpoints[0].port: a whole number from 0 to 65535 is expected; "},
    {R"({"schema": "deadlight.snapshot/1", "endpoints": [
         {"protocol": "dccp", "local": "::", "port": 1, "state": "listening"}]})",
     Errc::malformed, "a.json: $.endpoints[0].protocol: \"dccp\" is not known; "},
    {R"({"schema": "deadlight.snapshot/1", "host": {"os": "win95"}})", Errc::malformed,
     "a.json: $.host.os: \"win95\" is not known; "},
    {R"({"schema": "deadlight.snapshot/1", "host": {"name": 1}})", Errc::malformed,
     "a.json: $.host.name: a text is expected; "},
    {R"({"schema": "deadlight.snapshot/1", "processes": [
         {"pid": 1, "sources": [{"evidence": 0, "line": 1}]}]})",
     Errc::malformed, "a.json: $.processes[0].sources[0].evidence: there is no evidence 0; "},
    {R"({"schema": "deadlight.snapshot/1", "processes": [{"pid": 1, "services_known": 1}]})",
     Errc::malformed, "a.json: $.processes[0].services_known: true or false is expected; "},
};

TEST(SnapshotJson, ErrorsNameThePlace) {
  for (const ErrorCase& row : kErrors) {
    const auto read = snapshot_from_json(row.json, "a.json");
    ASSERT_FALSE(read) << row.json;
    EXPECT_EQ(read.error().code, row.code) << row.json;
    EXPECT_THAT(read.error().message, testing::StartsWith(row.message));
  }
}

TEST(SnapshotJson, ErrorsQuoteHostileTextShortAndOnOneLine) {
  const std::string hostile = R"(\n\u001b[2J)" + std::string(10'000, 'x');
  const std::string head = R"({"schema": "deadlight.snapshot/1", )";
  for (const std::string& text :
       {head + '"' + hostile + "\": 1}", head + R"("host": {"os": ")" + hostile + "\"}}",
        R"({"schema": ")" + hostile + "\"}", head + '"' + std::string(10'000, 'x') + "\n\": 1}"}) {
    const auto read = snapshot_from_json(text, "a.json");
    ASSERT_FALSE(read);
    EXPECT_LT(read.error().message.size(), 250u) << read.error().message;
    for (const char c : {'\n', '\x1b'}) EXPECT_EQ(read.error().message.find(c), std::string::npos);
  }
}

TEST(SnapshotJson, BracketsWithoutEndAreRefusedBeforeTheyAreRead) {
  const auto read = snapshot_from_json(std::string(10'000'000, '['), "a.json");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message,
            "a.json: brackets deeper than 16 levels; no snapshot looks like this");
}

TEST(SnapshotJson, AFileThatIsTooLargeIsRefused) {
  const auto read = snapshot_from_json(std::string(64 * 1024 * 1024 + 1, ' '), "a.json");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::limit);
  EXPECT_EQ(read.error().message,
            "a.json: snapshot JSON larger than 67108864 bytes; give the tools' own output");
}

}  // namespace
}  // namespace deadlight
