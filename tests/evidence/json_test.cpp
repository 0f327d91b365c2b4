#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PowerShellJson, RecordsPointToTheirLines) {
  const Snapshot snapshot = read_text(data("evidence/powershell-json.win10.json"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 1.1.1.1:5 listening", "tcp [::]:135 listening 900",
                          "tcp 0.0.0.0:53334 closed 900", "udp 1.1.1.1:53 bound 7 dns"));
  EXPECT_EQ(snapshot.endpoints[1].sources[0].line, 2U);
  EXPECT_EQ(snapshot.endpoints[2].sources[0].line, 19U);
  const Service* dns = snapshot.service("Dnscache");
  ASSERT_NE(dns, nullptr);
  EXPECT_EQ(dns->state, ServiceState::running);
  EXPECT_EQ(dns->start, StartType::automatic);
  EXPECT_THAT(dns->depends_on, ElementsAre("nsi", "tdx"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("37: an object without the names of any record that is read",
                          "38: the JSON text ends too early; was it cut off?"));
}

TEST(PowerShellJson, OneObjectTextStatesAndWrappedStringsAreRead) {
  const Snapshot snapshot = read_text(
      "PS C:\\> Get-NetTCPConnection -LocalPort 135 | ConvertTo-Json\n"
      "{ \"LocalAddress\": \"::\", \"LocalPort\": 135, \"State\": {\"value\": 2, \"Value\": "
      "\"Listen\"},\n"
      "  \"Process\": {\"ProcessName\": \"svch\nost\"}, \"OwningProcess\": 900 }\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp [::]:135 listening 900 svchost"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(PowerShellJson, ReadsOnAfterAMistake) {
  const Snapshot snapshot = read_text(
      "[\n"
      "{\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":80,\"State\":2},\n"
      "{\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":,\n"
      "{\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":82,\"State\":2},\n"
      "{\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":70000,\"State\":2}\n"
      "]\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:80 listening", "tcp 0.0.0.0:82 listening"));
  EXPECT_THAT(unread(snapshot),
              testing::Contains("3: not JSON from here on; the objects before are kept"));
  EXPECT_THAT(unread(snapshot), testing::Contains("5: '70000' is no port"));
}

struct MendCase {
  const char* name;
  std::string text;
  std::vector<std::string> rows;
  std::vector<std::string> unread;
};

const std::string kFirst =
    "[\n  {\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":80,\n   \"State\":2}\n";
const std::string kBegin = ",  {\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":82,\n";
const std::string kEnd = "   \"State\":2}\n";
constexpr const char* kOpen =
    ": this object is not whole and was not read; give the text as the tool printed it";

const MendCase kMends[] = {
    {"Pager",
     kFirst + "-- More  --\n" + kBegin + kEnd + "]\n",
     {"tcp 0.0.0.0:80 listening", "tcp 0.0.0.0:82 listening"},
     {}},
    {"BeginTwice",
     kFirst + kBegin + kBegin + kEnd,
     {"tcp 0.0.0.0:80 listening", "tcp 0.0.0.0:82 listening"},
     {std::string("4") + kOpen, "5: not JSON from here on; the objects before are kept"}},
    {"EndLost",
     kFirst + kBegin + kBegin + kEnd + "]\n",
     {"tcp 0.0.0.0:80 listening", "tcp 0.0.0.0:82 listening"},
     {std::string("4") + kOpen, "5: not JSON from here on; the objects before are kept"}},
    {"CutOff",
     kFirst + kBegin + "   ",
     {"tcp 0.0.0.0:80 listening"},
     {std::string("4") + kOpen, "5: the JSON text ends too early; was it cut off?"}},
    {"CutOffInAList",
     "{\"tcp\":" + kFirst + kBegin,
     {"tcp 0.0.0.0:80 listening"},
     {"4: the JSON text ends too early; was it cut off?"}},
    {"TwoRecordsAsOne",
     "{\"LocalAddress\":\"0.0.0.0\",\"LocalPort\":80,\n\"LocalPort\":82,\"State\":2}\n",
     {},
     {std::string("1: ") + "a name stands twice in this object: it may be two of which lines are "
                           "lost; not read"}},
};

TEST(PowerShellJson, WhatIsDamagedIsNamedAndTheRestIsRead) {
  for (const MendCase& mend : kMends) {
    const Snapshot snapshot = read_text(mend.text);
    EXPECT_EQ(rows(snapshot), mend.rows) << mend.name;
    EXPECT_EQ(unread(snapshot), mend.unread) << mend.name;
  }
}

TEST(Osquery, TablesOfOsqueryiAreRead) {
  const Snapshot snapshot = read_text(data("evidence/osqueryi.json"));
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:22 listening 612",
                                          "tcp 10.0.0.1:22 -> 10.0.0.9:50000 established 612",
                                          "udp [::]:5353 bound"));
  EXPECT_EQ(snapshot.process(612)->command_line, "sshd: /usr/sbin/sshd -D");
  EXPECT_EQ(snapshot.service("ssh.service")->state, ServiceState::running);
  EXPECT_EQ(snapshot.service("ssh.service")->start, StartType::automatic);
  EXPECT_THAT(services(snapshot, 1044), ElementsAre("Dhcp"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Osquery, LogTellsWhatIsStillThere) {
  const Snapshot snapshot = read_text(data("evidence/osqueryd.results.log"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:22 listening 612", "tcp 0.0.0.0:80 listening 5 nginx"));
  EXPECT_EQ(snapshot.process(5)->path, "/usr/sbin/nginx");
  EXPECT_EQ(snapshot.host.name, "web1");
  EXPECT_THAT(unread(snapshot),
              ElementsAre("4: another host: web2; put it into a file of its own"));
  EXPECT_THAT(snapshot.notes, ElementsAre("host.txt: 1 results of other queries are not read"));
}

TEST(Osquery, RowsWithoutPortsOrStateAreNamed) {
  const Snapshot snapshot = read_text(
      "[{\"pid\":\"1\",\"port\":\"0\",\"protocol\":\"255\",\"family\":\"2\",\"address\":\"0.0.0."
      "0\"},\n"
      "{\"pid\":\"1\",\"port\":\"x\",\"protocol\":\"6\",\"address\":\"::\"},\n"
      "{\"pid\":\"1\",\"local_port\":\"22\",\"protocol\":\"6\",\"local_address\":\"::\"},\n"
      "{\"pid\":\"1\",\"local_port\":\"22\",\"family\":\"10\",\"local_address\":\"::\"},\n"
      "{\"pid\":\"1\",\"local_port\":\"9\",\"protocol\":\"17\",\"local_address\":\"::\"}]\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("udp [::]:9 bound 1"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: protocol 255 is neither TCP nor UDP", "2: 'x' is no port",
                          "3: the column state is missing, so nothing says whether the port "
                          "listens; ask for it too",
                          "4: the column protocol is missing; ask for it too"));
}

TEST(Json, LineEndsInValuesStayOutOfMessages) {
  const Snapshot snapshot =
      read_text("{\"LocalAddress\":\"::\",\"LocalPort\":\"8\\n0\",\"State\":2}\n" + netstat(""));
  EXPECT_THAT(unread(snapshot), ElementsAre("1: '8 0' is no port"));
}

TEST(Json, HostileTextsEndWithAReason) {
  const std::string row = "{\"LocalAddress\":\"::\",\"LocalPort\":1,\"State\":2}\n";
  EXPECT_THAT(unread(read_text(row + std::string(1'000'000, '['))),
              ElementsAre(HasSubstr("2: brackets deeper than 64 levels")));
  std::string many = "{\"a\":[";
  for (int i = 0; i < 1'000'100; ++i) many += "1,";
  EXPECT_THAT(unread(read_text(row + many)),
              ElementsAre(HasSubstr("2: an object of more than 1000000 values")));
  EXPECT_THAT(unread(read_text(row + std::string(200'000, '{') + "\n{\"")),
              testing::Contains(HasSubstr("not JSON")));
  EXPECT_EQ(read_text("[svchost.exe]\n{}\n" + row).endpoints.size(), 1U);
}

}  // namespace
}  // namespace deadlight::evidence::test
