#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> outside(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const OutsidePort& port : snapshot.outside) {
    out.push_back(std::string(protocol_id(port.protocol)) + ' ' +
                  socket_text(port.address, port.port) + ' ' + std::string(answer_id(port.answer)) +
                  ' ' + port.service);
  }
  return out;
}

TEST(Nmap, NormalOutputIsRead) {
  const Snapshot snapshot = read_text(data("evidence/nmap.linux.txt"));
  EXPECT_THAT(outside(snapshot),
              ElementsAre("tcp 127.0.0.1:18080 open unknown", "tcp 127.0.0.1:18443 open unknown"));
  EXPECT_EQ(snapshot.outside[0].sources[0].line, 6U);
  EXPECT_THAT(snapshot.notes,
              ElementsAre("host.txt:4: the scan does not list 499 closed tcp ports (reset)"));
  EXPECT_EQ(snapshot.host.name, "") << "localhost is nobody's name";
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Nmap, UdpAnswersAreKept) {
  const Snapshot snapshot = read_text(data("evidence/nmap-su.linux.txt"));
  ASSERT_EQ(snapshot.outside.size(), 6U);
  EXPECT_EQ(outside(snapshot)[3], "udp 127.0.0.1:18053 open_or_filtered unknown");
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Nmap, XmlSaysTheSameAsText) {
  const Snapshot text = read_text(data("evidence/nmap-a.linux.txt"));
  const Snapshot xml = read_text(data("evidence/nmap-a.linux.xml"));
  EXPECT_THAT(outside(text),
              ElementsAre("tcp 127.0.0.1:22 closed ssh", "tcp 127.0.0.1:18080 open unknown",
                          "tcp 127.0.0.1:18443 open unknown"));
  ASSERT_EQ(xml.outside.size(), 3U);
  EXPECT_EQ(outside(xml)[0], outside(text)[0]);
  EXPECT_EQ(xml.outside[0].sources[0].line, 15U);
  EXPECT_EQ(text.host.os, Os::unknown) << "a scanner's guess is no fact";
  EXPECT_THAT(unread(xml), IsEmpty());
}

TEST(Nmap, GrepableOutputIsRead) {
  const Snapshot snapshot = read_text(data("evidence/nmap.linux.gnmap"));
  EXPECT_THAT(outside(snapshot),
              ElementsAre("tcp 127.0.0.1:18080 open unknown", "tcp 127.0.0.1:18443 open "));
  EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("does not list closed (499)")));
}

TEST(Nmap, OnlyTheFirstHostWithPortsCounts) {
  const Snapshot snapshot = read_text(
      "Nmap scan report for quiet.example (10.0.0.9)\nHost is up (0.1s latency).\n"
      "All 1000 scanned ports on quiet.example (10.0.0.9) are in ignored states.\n"
      "Not shown: 1000 filtered tcp ports (no-response)\n\n"
      "Nmap scan report for web.example (10.0.0.1)\nHost is up (0.1s latency).\n"
      "Not shown: 998 filtered tcp ports (no-response)\nPORT   STATE SERVICE VERSION\n"
      "22/tcp open  ssh     OpenSSH 8.9p1 (protocol 2.0)\n| ssh-hostkey: \n|_  256 aa (ECDSA)\n"
      "80/tcp open  http?\n\n"
      "Nmap scan report for db.example (10.0.0.2)\nHost is up.\nPORT     STATE SERVICE\n"
      "3306/tcp open  mysql\n\nTRACEROUTE (using port 80/tcp)\nHOP RTT     ADDRESS\n"
      "1   0.05 ms 10.0.0.2\n\nNmap done: 3 IP addresses (3 hosts up) scanned in 3.00 seconds\n");
  EXPECT_THAT(outside(snapshot),
              ElementsAre("tcp 10.0.0.1:22 open ssh", "tcp 10.0.0.1:80 open http"));
  EXPECT_EQ(snapshot.host.name, "web.example");
  EXPECT_THAT(unread(snapshot),
              ElementsAre("15: another host: db.example; put it into a file of its own"));
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Nmap, OldVersionsAndDamageAreRead) {
  const Snapshot snapshot = read_text(
      "Starting nmap 3.81 ( http://www.insecure.org/nmap/ ) at 2005-03-01 10:00 CET\n"
      "Interesting ports on xp (192.168.0.10):\n"
      "(The 1660 ports scanned but not shown below are in state: closed)\n"
      "PORT     STATE SERVICE\n135/tcp  open  msrpc\n70000/tcp open x\n"
      "137/udp closed|filtered x\n139/tcp\n9/sctp open discard\n"
      "Nmap finished: 1 IP address (1 host up) scanned in 1.5 seconds\n");
  EXPECT_THAT(outside(snapshot), ElementsAre("tcp 192.168.0.10:135 open msrpc"));
  EXPECT_EQ(snapshot.host.name, "xp");
  EXPECT_THAT(snapshot.notes, ElementsAre("host.txt:3: the scan does not list 1660 closed ports"));
  EXPECT_THAT(
      unread(snapshot),
      ElementsAre("6: '70000' is no port",
                  "7: 'closed|filtered' says nothing certain of the port; scan it in another way",
                  "8: the row is not complete: the state of the port is missing"));
}

TEST(Nmap, MasscanListIsRead) {
  const Snapshot snapshot = read_text(
      "#masscan\nopen tcp 80 10.0.0.5 1700000000\nopen udp 53 10.0.0.5 1700000001\n"
      "open tcp 80 10.0.0.6 1700000001\n# end\n");
  EXPECT_THAT(outside(snapshot), ElementsAre("tcp 10.0.0.5:80 open ", "udp 10.0.0.5:53 open "));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("4: another host: 10.0.0.6; put it into a file of its own"));
}

constexpr std::string_view kXml =
    "<?xml version=\"1.0\"?>\n"
    "<!DOCTYPE nmaprun [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n"
    "<nmaprun scanner=\"nmap\">\n"
    "<host><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/>\n"
    "<hostnames><hostname name=\"&x;w\" type=\"PTR\"/></hostnames>\n"
    "<ports><port protocol=\"tcp\" portid=\"80\"><state state=\"open\"/><service name=\"http\" "
    "product=\"A &quot;B&quot; &lt;p&gt;\"/><script id=\"t\" output=\"&lt;b&gt;\">"
    "<table key=\"t\"><elem>y</elem></table></script></port>\n"
    "<port protocol=\"tcp\" portid=\"443\"><state state=\"open\"/></port>\n"
    "</ports></host>\n</nmaprun>\n";

TEST(Nmap, XmlEntitiesOfAFileAreNotFollowed) {
  const Snapshot snapshot = read_text(std::string(kXml));
  EXPECT_EQ(snapshot.host.name, "&x;w");
  EXPECT_THAT(outside(snapshot),
              ElementsAre("tcp 10.0.0.1:80 open http", "tcp 10.0.0.1:443 open "));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Nmap, CutXmlIsReadUpToThere) {
  const std::size_t cut = kXml.find("</ports>");
  const Snapshot snapshot = read_text(std::string(kXml.substr(0, cut)));
  EXPECT_EQ(snapshot.outside.size(), 2U);
  EXPECT_THAT(unread(snapshot),
              ElementsAre(HasSubstr("not XML from here on, or cut off; what stands before")));
}

TEST(Nmap, SentencesAboutPortsAreNoRows) {
  const Snapshot snapshot = read_text(
      "22/tcp open ssh is what I saw.\nAll 5 scanned things\nopen tcp 80 or so\n" + netstat(""));
  EXPECT_THAT(snapshot.outside, IsEmpty());
}

TEST(NmapXml, ALineEndInAnAttributeStaysOutOfMessages) {
  const Snapshot snapshot = read_text(
      "<nmaprun><host><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/><ports>\n"
      "<port protocol=\"tcp\" portid=\"8\n0\"><state state=\"open\"/></port>\n"
      "<port protocol=\"tcp\" portid=\"8&#10;1\"><state state=\"open\"/></port>\n"
      "</ports></host></nmaprun>\n");
  EXPECT_EQ(unread(snapshot),
            (std::vector<std::string>{"2: '8 0' is no port", "4: '8 1' is no port"}));
}

TEST(Nmap, WhatVerboseScansPrintFirstIsNoRow) {
  const Snapshot snapshot =
      read_text(R"(Starting Nmap 7.80 ( https://nmap.org ) at 2020-02-01 10:00 CET
Initiating Ping Scan at 10:00
Scanning 10.0.0.5 [4 ports]
Completed Ping Scan at 10:00, 0.05s elapsed (1 total hosts)
Initiating SYN Stealth Scan at 10:00
Scanning 10.0.0.5 [100 ports]
Discovered open port 135/tcp on 10.0.0.5
Completed SYN Stealth Scan at 10:00, 7.68s elapsed (100 total ports)
Nmap scan report for 10.0.0.5
Host is up (0.8s latency).
PORT    STATE SERVICE
135/tcp open  msrpc
)");
  EXPECT_EQ(snapshot.outside.size(), 1U) << "the scan names the port twice";
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
