#include <gmock/gmock.h>

#include "evidence/not_a_row.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "KEY | name | type | data", without the part of the key that all have.
std::vector<std::string> settings(const Snapshot& snapshot) {
  constexpr std::string_view kServices = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\";
  std::vector<std::string> out;
  for (const Setting& setting : snapshot.settings) {
    std::string key = setting.key;
    if (key.starts_with(kServices)) key = key.substr(kServices.size());
    out.push_back(key + " | " + setting.name + " | " + setting.type + " | " + setting.data);
  }
  return out;
}

TEST(RegQuery, OfWindowsXpHasTabs) {
  const Snapshot snapshot = read_text(data("evidence/reg-query.winxp.txt"));
  EXPECT_THAT(settings(snapshot),
              ElementsAre("HKLM\\SOFTWARE\\Microsoft\\Rpc | DCOM Protocols | REG_MULTI_SZ | "
                          "ncacn_http;ncacn_ip_tcp",
                          "NetBT |  | REG_SZ | ", "NetBT | DependOnService | REG_MULTI_SZ | Tcpip",
                          "NetBT | DisplayName | REG_SZ | NetBios over Tcpip",
                          "NetBT | Start | REG_DWORD | 1", "NetBT | Type | REG_DWORD | 1"));
  const Service* netbt = snapshot.service("NetBT");
  ASSERT_NE(netbt, nullptr);
  EXPECT_EQ(netbt->start, StartType::system);
  EXPECT_EQ(netbt->title, "NetBios over Tcpip");
  EXPECT_THAT(netbt->depends_on, ElementsAre("Tcpip"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(RegQuery, OfWindows10HasBlanks) {
  const Snapshot snapshot = read_text(data("evidence/reg-query.win10.txt"));
  EXPECT_THAT(settings(snapshot),
              ElementsAre("NetBT\\Parameters | Blob | REG_BINARY | 0a0bff",
                          "NetBT\\Parameters | DhcpNameServerList | REG_MULTI_SZ | "
                          "10.0.0.1;10.0.0.2",
                          "NetBT\\Parameters | SMBDeviceEnabled | REG_DWORD | 0",
                          "NetBT\\Parameters | TransportBindName | REG_SZ | \\Device\\"));
  EXPECT_THAT(snapshot.services, IsEmpty()) << "a subkey of a service is no service";
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(RegQuery, DamagedLinesAreNamed) {
  const Snapshot snapshot = read_text(
      "    Start    REG_DWORD    0x2\n"
      "HKLM\\SYSTEM\\CurrentControlSet\\Services\\A\n"
      "    Start    REG_DWORD    0xZZ\n"
      "    REG_DWORD    0x2\n"
      "    Start    REG_WIBBLE    0x2\n"
      "    Good    REG_QWORD    0xffffffffffffffff\n");
  EXPECT_THAT(settings(snapshot), ElementsAre("A | Good | REG_QWORD | 18446744073709551615"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: no key above this value of reg query", "3: '0xZZ' is no number",
                          "4: the name of the value is missing", not_a_row(5)));
}

TEST(RegFile, OfVersion5IsRead) {
  const Snapshot snapshot = read_text(data("evidence/services.regedit5.reg"));
  EXPECT_THAT(settings(snapshot),
              ElementsAre("Dnscache |  | REG_SZ | quoted \"text\" with C:\\path",
                          "Dnscache | DependOnService | REG_MULTI_SZ | Tcpip;Afd",
                          "Dnscache | DisplayName | REG_SZ | DNS Client",
                          "Dnscache | ImagePath | REG_EXPAND_SZ | %Sys%",
                          "Dnscache | Start | REG_DWORD | 2",
                          "Dnscache\\Parameters | Big | REG_QWORD | 4294967296",
                          "Dnscache\\Parameters | Blob | REG_BINARY | 0aff",
                          "Dnscache\\Parameters | MaxCachedSockets | REG_DWORD | 16"));
  const Service* dns = snapshot.service("dnscache");
  ASSERT_NE(dns, nullptr);
  EXPECT_EQ(dns->start, StartType::automatic);
  EXPECT_THAT(dns->depends_on, ElementsAre("Afd", "Tcpip"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(RegFile, RemovalsAreNamedAndNotUsed) {
  const Snapshot snapshot = read_text(data("evidence/removals.regedit4.reg"));
  EXPECT_THAT(settings(snapshot), ElementsAre("HKLM\\SOFTWARE\\Microsoft\\Rpc | DCOM Protocols | "
                                              "REG_MULTI_SZ | ncacn_ip_tcp"));
  EXPECT_THAT(unread(snapshot), ElementsAre("5: removes a value; only what is there is used",
                                            "7: removes a key; only what is there is used",
                                            "8: no key above this value"));
}

struct BadValue {
  const char* line;
  const char* reason;
};

const BadValue kBadValues[] = {
    {"\"Start\"=dword:0000000g", "'0000000g' is no dword"},
    {"\"Start\"=dword:100000000", "'100000000' is no dword"},
    {"\"Start\"=\"open", "the text has no closing quote"},
    {"\"Start\"=hex:0a,zz", "something else than hex bytes and commas in the value"},
    {"\"Start\"=hex(99):00", "'99' is no known type"},
    {"\"Start\"=wibble", "'wibble' is no form of a value that .reg files have"},
    {"\"Start", "no name and '=' in this line of a .reg file"},
    {"@\"x\"", "no name and '=' in this line of a .reg file"},
};

TEST(RegFile, DamagedValuesAreNamed) {
  for (const BadValue& row : kBadValues) {
    const Snapshot snapshot =
        read_text("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n" + std::string(row.line) + "\n");
    EXPECT_THAT(settings(snapshot), IsEmpty()) << row.line;
    EXPECT_THAT(unread(snapshot), ElementsAre("4: " + std::string(row.reason))) << row.line;
  }
}

TEST(RegFile, AKeyWithoutBracketTakesItsValuesWithIt) {
  const Snapshot snapshot = read_text(
      "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n\"X\"=\"1\"\n"
      "[HKEY_LOCAL_MACHINE\\B\n\"Y\"=\"2\"\n");
  EXPECT_THAT(settings(snapshot), ElementsAre("HKLM\\A | X | REG_SZ | 1"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("5: the key has no closing bracket; its values are not used",
                          "6: no key above this value"));
}

}  // namespace
}  // namespace deadlight::evidence::test
