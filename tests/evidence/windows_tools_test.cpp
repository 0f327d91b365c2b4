#include <gmock/gmock.h>

#include "evidence/support.h"

/// What holds for all readers of tools of Windows: damage never hurts, and foreign lines stay free.
namespace deadlight::evidence::test {
namespace {

// One beginning of each listing: what follows is read as its rows.
const std::vector<std::string> kBeginnings = {
    "Image Name                     PID Services\n========================= ======== ====\n",
    "\"Image Name\",\"PID\",\"Services\"\n",
    "Image Name:   a.exe\nPID:          1\nServices:     ",
    "SERVICE_NAME: A\n        STATE : ",
    "X: A\n        Y : 20  WIN32_SHARE_PROCESS\n        Z : ",
    "These Windows services are started:\n\n   ",
    "Node,Name,ProcessId\n",
    "Name  ProcessId  State\n",
    "Name=a.exe\nProcessId=",
    "   0 System Process\n 212 services.exe    Svcs:  ",
    "Name                Pid Pri Thd  Hnd   Priv        CPU Time    Elapsed Time\n",
    "IfId: 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc version 1.0\nBinding: ncacn_ip_tcp:",
    "ProtSeq:ncacn_ip_tcp\nStringBinding:",
    "| msrpc-enum:\n|     uuid: ",
    "Snapshot of HTTP service state\n------------------------------\n\nRequest queue name: a\n    ",
    "URL Reservations:\n-----------------\n\n    Reserved URL            : http://+:80/",
    "Rule Name:                            a\n"
    "----------------------------------------------------------------------\nEnabled: ",
    "Protocol tcp Dynamic Port Range\n---------------------------------\nStart Port      : ",
    "[TCP] a.exe\n\tLocal:   ",
    "Process Name,Process ID,Protocol,Local Port,Local Address,State\n",
    "==================================================\nProcess Name      : a\nProtocol : TCP\n",
    "PID:Process\t\tPort\t\tLocal IP\tState\t\t Remote IP:Port\n4:",
    "date,time,protocol,local port,local IP address\n",
};

std::string repeat(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(WindowsTools, HostileRowsAreReadOrRefused) {
  constexpr std::size_t kMany = 20'000;
  const std::vector<std::string> hostile = {
      "",
      "\n",
      std::string(100, '\0'),
      repeat("a,", kMany),
      repeat("a\t", kMany),
      repeat("1 ", kMany),
      repeat("\"", kMany),
      repeat(" ", kMany) + "x",
      repeat("[", kMany),
      repeat(":", kMany),
      repeat("\n", kMany),
      repeat("99999999999999999999 : 99999999999999999999\n", 1000),
      repeat("a.exe                          884 a,\n", 1000),
      "\xF0\x9F\x98\x80 \xD7\x90.exe 884 x\n",
      "\xFF\xFE\xFD",
  };
  for (const std::string& beginning : kBeginnings) {
    for (const std::string& rows : hostile) {
      const auto snapshot = read(std::vector<Input>{{"x", beginning + rows}}, Os::unknown, {});
      EXPECT_TRUE(snapshot.has_value() || !snapshot.error().message.empty()) << beginning;
    }
  }
}

TEST(WindowsTools, AMillionColumnsAndTenMegabytesInOneLine) {
  constexpr std::size_t kColumns = 1'000'000;
  constexpr std::size_t kBytes = 10'000'000;
  std::string text;
  for (const std::string& beginning : kBeginnings) text += beginning + "\n\n";
  for (const std::string& row : {repeat("1,", kColumns), repeat("a\t", kColumns),
                                 repeat("1 ", kColumns), std::string(kBytes, 'a')}) {
    const auto snapshot = read(std::vector<Input>{{"x", text + row}}, Os::unknown, {});
    EXPECT_TRUE(snapshot.has_value());
  }
}

// A row of netstat below any of these listings is still one of netstat, or is named.
TEST(WindowsTools, AListingBelowAnotherIsNotLost) {
  const std::string listing =
      "\n\n" + netstat("  TCP    0.0.0.0:135    0.0.0.0:0    LISTENING    884\n");
  for (const std::string& beginning : kBeginnings) {
    const Snapshot snapshot = read_text(beginning + listing);
    EXPECT_THAT(open_endpoints(snapshot), testing::Contains("tcp 0.0.0.0:135")) << beginning;
  }
}

// Remote shells repeat what was typed, and guides leave the prompt out.
TEST(WindowsTools, ACommandThatStandsAloneIsNoRow) {
  for (const char* command : {"sc qc Agent", "SC.EXE queryex Agent", "tasklist /svc", "net start",
                              "netsh http show servicestate", "reg query HKLM\\SYSTEM"}) {
    const Snapshot snapshot =
        read_text(std::string("D:\\>x\n") + command +
                  "\nSERVICE_NAME: Agent\n        TYPE               : 10  WIN32_OWN_PROCESS\n"
                  "        STATE              : 4  RUNNING\n");
    EXPECT_EQ(snapshot.services.size(), 1U) << command;
    EXPECT_TRUE(snapshot.unread.empty()) << command;
  }
}

TEST(WindowsTools, FencesOfMarkdownAreNoRows) {
  const Snapshot snapshot = read_text(
      "```cmd-session\n"
      "Image Name                     PID Services\n"
      "========================= ======== ============================================\n"
      "System                           4 N/A\n"
      "<SNIP>\n"
      "```\n");
  EXPECT_EQ(snapshot.processes.size(), 1U);
  ASSERT_EQ(snapshot.unread.size(), 1U);
  EXPECT_EQ(snapshot.unread.front().line, 5U);
}

}  // namespace
}  // namespace deadlight::evidence::test
