#include <gmock/gmock.h>

#include "evidence/not_a_row.h"
#include "evidence/support.h"

// What happens to a listing between the screen and the file: web pages, mail, terminals, languages.
namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct DressedCase {
  const char* name;
  std::string text;
};

// The same three rows, each time in another dress.
const DressedCase kDressed[] = {
    {"Breaks",
     "Proto Local Address Foreign Address State PID<br>TCP 0.0.0.0:135 0.0.0.0:0 LISTENING "
     "668<br/>TCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8<BR>UDP 0.0.0.0:500 *:* 228"},
    {"HtmlTable",
     "<html><head><style>td { color: red }</style></head><body><table>\n"
     "<tr><th>Proto</th><th>Local Address</th><th>Foreign Address</th><th>State</th><th>PID</th>"
     "</tr><tr><td>TCP</td><td>0.0.0.0:135</td><td>0.0.0.0:0</td><td>LISTENING</td><td>668</td>"
     "</tr>\n<tr><td>TCP</td><td>10.0.0.3:1031</td><td>10.0.0.9:445</td><td>ESTABLISHED</td>"
     "<td>8</td></tr><tr><td>UDP</td><td>0.0.0.0:500</td><td>*:*</td><td></td><td>228</td></tr>"
     "</table></body></html>"},
    {"HtmlCellsOnLinesOfTheirOwn",
     "<table>\n  <tr>\n    <th>Proto</th>\n    <th>Local Address</th>\n    <th>Foreign "
     "Address</th>\n"
     "    <th>State</th>\n    <th>PID</th>\n  </tr>\n  <tr>\n    <td>TCP</td>\n"
     "    <td>0.0.0.0:135</td>\n    <td>0.0.0.0:0</td>\n    <td>LISTENING</td>\n"
     "    <td>668</td>\n  </tr>\n  <tr>\n    <td>TCP</td>\n    <td>\n      10.0.0.3:1031\n    "
     "</td>\n"
     "    <td>10.0.0.9:445</td>\n    <td>ESTABLISHED</td>\n    <td><b>8</b></td>\n  </tr>\n"
     "  <tr>\n    <td>UDP</td>\n    <td>0.0.0.0:500</td>\n    <td>*:*</td>\n    <td></td>\n"
     "    <td>228</td>\n  </tr>\n</table>\n"},
    {"HtmlTableAroundText",  // a page laid out as a table
     "<table><tr><td>\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n"
     "TCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8\nUDP 0.0.0.0:500 *:* 228\n</td></tr></table>"},
    {"Preformatted",
     "<pre>&nbsp; TCP&nbsp;&nbsp; 0.0.0.0:135&nbsp; 0.0.0.0:0 &nbsp;LISTENING&#160;668\n"
     "  TCP    10.0.0.3:1031  10.0.0.9:445  ESTABLISHED  8\n  UDP  0.0.0.0:500  *:*  228\n</pre>"},
    {"BoardCode",
     "[quote=bob]look here:[/quote][code]TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n"
     "TCP 10.0.0.3:1031 10.0.0.9:445 [b]ESTABLISHED[/b] 8\nUDP 0.0.0.0:500 *:* 228[/code]"},
    {"MarkdownFence",
     "```\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\nTCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8\n"
     "UDP 0.0.0.0:500 *:* 228\n```\n"},
    {"MarkdownTable",
     "| Proto | Local Address | Foreign Address | State | PID |\n|---|---|---|---|---|\n"
     "| TCP | 0.0.0.0:135 | 0.0.0.0:0 | LISTENING | 668 |\n"
     "| TCP | 10.0.0.3:1031 | 10.0.0.9:445 | ESTABLISHED | 8 |\n"
     "| UDP | 0.0.0.0:500 | *:* | | 228 |\n"},
    {"PipesWithoutBorder",
     "TCP | 0.0.0.0:135 | 0.0.0.0:0 | LISTENING | 668\n"
     "TCP | 10.0.0.3:1031 | 10.0.0.9:445 | ESTABLISHED | 8\nUDP | 0.0.0.0:500 | *:* | | 228\n"},
    {"Quoted",
     "> TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n> TCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8\n"
     ">> UDP 0.0.0.0:500 *:* 228\n"},
    {"InQuotes",
     "\"  TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\"\n\"  TCP 10.0.0.3:1031 10.0.0.9:445 "
     "ESTABLISHED 8\"\n\"  UDP 0.0.0.0:500 *:* 228\"\n"},
    {"InCodeMarks",
     "`  TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668`\n`  TCP 10.0.0.3:1031 10.0.0.9:445 "
     "ESTABLISHED 8`\n`  UDP 0.0.0.0:500 *:* 228`\n"},
    {"ALiteralOfAProgram",
     "  '  TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668',\n  '  TCP 10.0.0.3:1031 10.0.0.9:445 "
     "ESTABLISHED 8',\n  '  UDP 0.0.0.0:500 *:* 228',\n"},
    {"QuotedInAMail",
     "Hello all,\nwhat do you make of this, please?\n\n> TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n"
     "> TCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8\n> UDP 0.0.0.0:500 *:* 228\n\nI have no "
     "idea what it means.\nThanks for your help,\nsomebody who wrote more than he quoted.\n"},
    {"Paged",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n-- More  --\r           \rTCP 10.0.0.3:1031 "
     "10.0.0.9:445 ESTABLISHED 8\n-- Fortsetzung --\nUDP 0.0.0.0:500 *:* 228\n"},
    {"Comment",
     "# TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668\n# TCP 10.0.0.3:1031 10.0.0.9:445 ESTABLISHED 8\n"
     "# UDP 0.0.0.0:500 *:* 228\n"},
    {"Tabs",
     "\tTCP\t0.0.0.0:135\t0.0.0.0:0\tLISTENING\t668\n\tTCP\t10.0.0.3:1031\t10.0.0.9:445\t"
     "ESTABLISHED\t8\n\tUDP\t0.0.0.0:500\t*:*\t\t228\n"},
    {"Glued",
     "TCP0.0.0.0:1350.0.0.0:0LISTENING668\nTCP10.0.0.3:1031 10.0.0.9:445ESTABLISHED8\n"
     "UDP0.0.0.0:500*:*228\n"},
    {"GluedOnOneLine",
     "TCP0.0.0.0:1350.0.0.0:0LISTENING668TCP10.0.0.3:1031 10.0.0.9:445ESTABLISHED8"
     "UDP0.0.0.0:500*:*228"},
    {"PartlyGlued",
     "TCP 0.0.0.0:1350.0.0.0:0 LISTENING668\nTCP 10.0.0.3:1031 10.0.0.9:445ESTABLISHED 8\n"
     "UDP 0.0.0.0:500*:* 228\n"},
    {"WrappedInNumbers",
     "TCP 0.0.0.0:1\n35 0.0.0.0:0 LISTENING 668\nTCP 10.0.0.3:1031 10.0\n.0.9:445 ESTABLISHED "
     "8\nUDP 0.0.0.0:500 *\n:* 228\n"},
    {"WrappedInStates",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTEN\nING 668\nTCP 10.0.0.3:1031 10.0.0.9:445 ESTABLI\nSHED 8\n"
     "UDP 0.0.0.0:500 *:* 228\n"},
    {"German",
     "Aktive Verbindungen\n\n  Proto  Lokale Adresse         Remoteadresse          Status     "
     "      PID\n  TCP    0.0.0.0:135            0.0.0.0:0              ABH\xC3\x96REN         "
     "668\n  TCP    10.0.0.3:1031          10.0.0.9:445           HERGESTELLT     8\n"
     "  UDP    0.0.0.0:500            *:*                                    228\n"},
    {"GermanCodePage850",
     "  Proto  Lokale Adresse         Remoteadresse          Status           PID\n"
     "  TCP    0.0.0.0:135            0.0.0.0:0              ABH\x99REN         668\n"
     "  TCP    10.0.0.3:1031          10.0.0.9:445           HERGESTELLT     8\n"
     "  UDP    0.0.0.0:500            *:*                                    228\n"},
    {"Chinese",
     "活动连接\n\n  协议  本地地址          外部地址        状态           PID\n"
     "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       668\n"
     "  TCP    10.0.0.3:1031          10.0.0.9:445           ESTABLISHED     8\n"
     "  UDP    0.0.0.0:500            *:*                                    228\n"},
};

TEST(NetstatDamage, RowsAreReadInAnyDress) {
  for (const DressedCase& row : kDressed) {
    const Snapshot snapshot = read_text(row.text);
    EXPECT_THAT(rows(snapshot),
                UnorderedElementsAre("tcp 0.0.0.0:135 listening 668", "udp 0.0.0.0:500 bound 228",
                                     "tcp 10.0.0.3:1031 -> 10.0.0.9:445 established 8"))
        << row.name;
    EXPECT_THAT(unread(snapshot), IsEmpty()) << row.name;
  }
}

TEST(NetstatDamage, LinesOfAPageAreThoseOfTheFile) {
  const Snapshot snapshot = read_text(
      "<p>Hello</p>\n<pre>\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING<br>TCP 0.0.0.0:445 0.0.0.0:0 "
      "LISTENING\nTCP 0.0.0.0:80 0.0.0.0:0 LISTENING</pre>");
  std::vector<std::uint32_t> lines;
  for (const Endpoint& endpoint : snapshot.endpoints) lines.push_back(endpoint.sources[0].line);
  EXPECT_THAT(lines, UnorderedElementsAre(3U, 3U, 4U));
}

TEST(NetstatDamage, WhatCanBeReadInTwoWaysIsNotRead) {
  const Snapshot snapshot =
      read_text("TCP10.0.0.3:103110.0.0.9:445ESTABLISHED8\nTCP0.0.0.0:1350.0.0.0:0LISTENING668\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 668"));
  EXPECT_THAT(unread(snapshot), ElementsAre("1: blanks are lost, and the row can be read in 3 "
                                            "ways; copy the text again"));
}

TEST(NetstatDamage, AProcessIdThatMayGoOnInTheNextLineIsNoFact) {
  const Snapshot snapshot = read_text(netstat(
      "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 66\n8\nTCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\n"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening", "tcp 0.0.0.0:445 listening 4"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("5: may be the end of the process id above: the row is read without one; "
                          "copy the text again without breaking lines"));
}

TEST(NetstatDamage, AProcessIdIsJoinedWhereATerminalWrapsAllLines) {
  const std::string row =
      "  TCP    192.168.100.100:49155  192.168.100.200:44445  CLOSE_WAIT             12";
  const Snapshot snapshot = read_text(row + "\n34\n" + row + "\n35\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 192.168.100.100:49155 -> 192.168.100.200:44445 close_wait 1234",
                          "tcp 192.168.100.100:49155 -> 192.168.100.200:44445 close_wait 1235"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(NetstatDamage, ANumberWithoutAColumnIsNoProcessId) {
  const Snapshot snapshot = read_text(
      "  Proto  Local Address          Foreign Address        State\n"
      "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       2\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("2: a number stands behind the state, but no column is named PID"));
}

TEST(NetstatDamage, StatesOfALanguageThatIsNotKnownAreReadByTheirPlace) {
  const Snapshot snapshot = read_text(
      "TCP 0.0.0.0:135 0.0.0.0:0 KUUNTELEE 668\nTCP 0.0.0.0:445 0.0.0.0:0 KUUNTELEE 4\n"
      "TCP 10.0.0.3:1031 10.0.0.9:445 MUODOSTETTU 8\nTCP 0.0.0.0:99 0.0.0.0:0 SIDOTTU 8\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 668", "tcp 0.0.0.0:445 listening 4",
                          "tcp 10.0.0.3:1031 -> 10.0.0.9:445 connected 8"));
  EXPECT_THAT(unread(snapshot), ElementsAre("4: unknown state 'SIDOTTU'; it may be an open port: "
                                            "give the listing of an English netstat"));
}

TEST(NetstatDamage, OwnersUnderARowThatIsNotReadGoWithIt) {
  const Snapshot snapshot = read_text(
      "TCP192.168.151.184:1390.0.0.0:0LISTENING4\n Can not obtain ownership information\n"
      "TCP192.168.151.184:4916171.223.146.67:443SYN_SENT2884\n [iexplore.exe]\n"
      "TCPgargan:epmapgargan:0LISTENING\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 192.168.151.184:139 listening 4"));
  EXPECT_EQ(snapshot.unread.size(), 2U) << "the second row and the third";
}

TEST(NetstatDamage, MaskedAddressesStayMasked) {
  const Snapshot snapshot = read_text(
      "TCP x.x.x.x:139 0.0.0.0:0 LISTENING 4\nTCP 192.168.*.*:1031 ***.***.***.***:80 ESTABLISHED "
      "8\nUDP xxx.xxx.xxx.xxx:137 *:* 4\n");
  EXPECT_THAT(rows(snapshot),
              UnorderedElementsAre("tcp x.x.x.x:139 listening 4",
                                   "tcp 192.168.*.*:1031 -> ***.***.***.***:80 established 8",
                                   "udp xxx.xxx.xxx.xxx:137 bound 4"));
  EXPECT_EQ(snapshot.host.name, "") << "a mask is no name of the host";
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(NetstatDamage, TheFastAndTheCarefulWayReadTheSame) {
  const std::string rows_text =
      "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       668\n"
      "  TCP    [::]:135               [::]:0                 LISTENING       668\n"
      "  TCP    10.0.0.3:1031          10.0.0.9:445           TIME_WAIT       0\n"
      "  UDP    [fe80::1%12]:546       *:*                                    900\n";
  std::string tabs = rows_text;
  std::replace(tabs.begin(), tabs.end(), ' ', '\t');  // tabs are left to the careful way
  EXPECT_EQ(rows(read_text(rows_text)), rows(read_text(tabs)));
  EXPECT_EQ(rows(read_text(rows_text)).size(), 4U);
}

TEST(NetstatDamage, APidBelowItsRowIsReadAndNoComponent) {
  const std::string rows_of_b = "  UDP    [::]:27015     *:*         \n    1920\n [7 Zip.exe]\n";
  const Snapshot headed =
      read_text("  Proto  Local Address   Foreign Address   State\n  PID\n" + rows_of_b);
  EXPECT_EQ(rows(headed), (std::vector<std::string>{"udp [::]:27015 bound 1920 7 Zip.exe"}));
  EXPECT_EQ(unread(headed), std::vector<std::string>{});
  const Snapshot bare = read_text(rows_of_b);
  EXPECT_EQ(rows(bare), (std::vector<std::string>{"udp [::]:27015 bound"}));
  EXPECT_EQ(unread(bare), (std::vector<std::string>{not_a_row(2), not_a_row(3)}));
}

TEST(NetstatDamage, ABrokenStateOfAnyLanguageIsPutTogether) {
  const Snapshot snapshot = read_text(
      "  Proto  Adres lokalny          Obcy adres             Stan            PID\n"
      "  TCP    192.168.12.85:49161    10.153.48.27:3389      OCZEKIWANIE_NA_ZAMKNI\nE 2936\n"
      " [my server.exe]\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 192.168.12.85:49161 -> 10.153.48.27:3389 connected "
                                          "2936 my server.exe"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(NetstatDamage, AHeadingThatIsBrokenInAWordKeepsItsProcessIds) {
  const Snapshot snapshot = read_text(
      "  Proto  Místní adresa          Cizí adresa            St\nav            PID\n"
      "  TCP    0.0.0.0:135            0.0.0.0:0              NA\nSLOUCHÁNÍ     2112\n"
      " [svchost.exe]\n"
      "  TCP    192.168.62.98:49154    192.168.172.232:7628   NA\nVÁZÁNO        544\n"
      " [services.exe]\n");
  EXPECT_THAT(rows(snapshot),
              UnorderedElementsAre("tcp 0.0.0.0:135 listening 2112 svchost.exe",
                                   "tcp 192.168.62.98:49154 -> 192.168.172.232:7628 connected 544 "
                                   "services.exe"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(NetstatDamage, TheRestOfABrokenRowIsNoComponent) {
  const Snapshot snapshot =
      read_text("  TCP    192.168.62.98:49154    192.168.172.232:7628   NA\nVÁZÁNO        544\n");
  EXPECT_THAT(unread(snapshot), ElementsAre(not_a_row(2)));
  const Snapshot owned = read_text(
      "  TCP    192.168.62.98:49154    192.168.172.232:7628   NA\nVÁZÁNO        544\n"
      " [services.exe]\n");
  EXPECT_THAT(rows(owned),
              ElementsAre("tcp 192.168.62.98:49154 -> 192.168.172.232:7628 connected"));
  EXPECT_THAT(unread(owned), ElementsAre(not_a_row(2), not_a_row(3)));
}

TEST(NetstatDamage, ALastRowThatIsCutIsDoubted) {
  const std::string whole = "  TCP    0.0.0.0:80   0.0.0.0:0   LISTENING   4";
  const Snapshot missing = read_text(netstat(whole + "\n  TCP    [::]:80   [::]:0   LISTENING   "));
  EXPECT_EQ(rows(missing),
            (std::vector<std::string>{"tcp 0.0.0.0:80 listening 4", "tcp [::]:80 listening"}));
  EXPECT_EQ(unread(missing),
            (std::vector<std::string>{"5: the process id is missing: was the text cut off?"}));
  const Snapshot half =
      read_text(netstat(whole + "   InHost\n  TCP    [::]:80   [::]:0   LISTENING   29"));
  EXPECT_EQ(rows(half),
            (std::vector<std::string>{"tcp 0.0.0.0:80 listening 4", "tcp [::]:80 listening"}));
  EXPECT_EQ(unread(half),
            (std::vector<std::string>{"5: the row is not complete: was the text cut off?"}));
  const Snapshot state = read_text(netstat("  TCP    10.0.0.3:49677   10.0.0.8:25   CLOSE"));
  EXPECT_THAT(rows(state), IsEmpty());
  EXPECT_EQ(
      unread(state),
      (std::vector<std::string>{"4: the text ends in this row: its state may be CLOSE_WAIT"}));
}

TEST(NetstatDamage, TheBeginningOfALastRowIsNamedBehindABlankLineToo) {
  for (const char* beginning : {"  TCP", "  UDP    [fe80"}) {
    const Snapshot snapshot = read_text(
        "  TCP    0.0.0.0:10000   0.0.0.0:0   LISTENING   1692\n"
        "  C:\\WINDOWS\\System32\\WS2_32.dll\n  [svchost.exe]\n\n" +
        std::string(beginning));
    EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:10000 listening 1692 svchost.exe"));
    EXPECT_THAT(unread(snapshot), ElementsAre("5: the row is not complete: was the text cut off?"));
  }
}

TEST(NetstatDamage, OffloadWithoutProcessIdsIsWhole) {
  const Snapshot snapshot = read_text(
      "  Proto  Local Address   Foreign Address   State       Offload State\n"
      "  TCP    0.0.0.0:80      0.0.0.0:0         LISTENING   InHost\n"
      "  TCP    0.0.0.0:135     0.0.0.0:0         LISTENING   InHost\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:80 listening", "tcp 0.0.0.0:135 listening"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
