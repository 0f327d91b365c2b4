#include "evidence/shell.h"

#include <gmock/gmock.h>

#include "evidence/support.h"
#include "evidence/unix_socket.h"

namespace deadlight::evidence::test {
namespace {

struct PromptCase {
  const char* line;
  bool prompt;
  const char* host;
  const char* command;
};

const PromptCase kPrompts[] = {
    {"root@web01:~# ss -tlnp", true, "web01", "ss -tlnp"},
    {"[jo@web01 log]$ sudo -n netstat -an", true, "web01", "netstat -an"},
    {"jo@web01 ~ % lsof -i", true, "web01", "lsof -i"},
    {"$ sudo ss -tln", true, "", "ss -tln"},
    {"# /usr/sbin/ss -tln", true, "", "/usr/sbin/ss -tln"},
    {"bash-5.1$ cat /proc/net/tcp", true, "", "cat /proc/net/tcp"},
    {"root@web01:~#", true, "web01", ""},
    {"# a comment", false, "", ""},
    {"costs 5$ each", false, "", ""},
    {"jo@example.org wrote: $ 5", false, "", ""},
    {"tcp LISTEN 0 1 *:22 *:*", false, "", ""},
};

TEST(Shell, Prompts) {
  for (const PromptCase& row : kPrompts) {
    SCOPED_TRACE(row.line);
    const auto prompt = parse_shell_prompt(row.line);
    ASSERT_EQ(prompt.has_value(), row.prompt);
    if (!prompt) continue;
    EXPECT_EQ(prompt->host, row.host);
    EXPECT_EQ(prompt->command, row.command);
  }
}

TEST(Shell, HostNames) {
  const std::string row = "tcp LISTEN 0 1 0.0.0.0:22 0.0.0.0:*\n";
  EXPECT_EQ(read_text("$ hostname\nweb02\n$ ss -tln\n" + row).host.name, "web02");
  const Snapshot uname =
      read_text("Linux web03 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n" + row);
  EXPECT_EQ(uname.host.name, "web03");
  EXPECT_EQ(uname.host.os, Os::linux);
}

TEST(Shell, ABareCommandIsNoPartOfTheListing) {
  const Snapshot snapshot = read_text("ss -lun\nUNCONN 0 0 0.0.0.0:123 0.0.0.0:*\n");
  EXPECT_THAT(unread(snapshot), testing::IsEmpty());
  EXPECT_THAT(skipped(snapshot), testing::IsEmpty());
  EXPECT_THAT(rows(snapshot), testing::ElementsAre("udp 0.0.0.0:123 bound"));
}

struct SocketCase {
  const char* text;
  Family family;
  char separator;
  const char* wanted;  ///< empty: no socket
};

const SocketCase kSockets[] = {
    {"0.0.0.0:22", Family::v4, ':', "0.0.0.0:22"},
    {":::22", Family::v6, ':', "[::]:22"},
    {"::1:631", Family::v6, ':', "[::1]:631"},
    {"[::]:http", Family::v6, ':', "[::]:80"},
    {"[fe80::1]%eth0:546", Family::v6, ':', "[fe80::1%eth0]:546"},
    {"*:22", Family::v4, ':', "0.0.0.0:22"},
    {"*:22", Family::v6, ':', "[::]:22"},
    {"*:22", Family::unknown, ':', "*:22"},
    {"10.0.0.3:22", Family::v6, ':', "[::ffff:10.0.0.3]:22"},
    {"::1:22", Family::v4, ':', ""},
    {"*.22", Family::v4, '.', "0.0.0.0:22"},
    {"127.0.0.1.631", Family::v4, '.', "127.0.0.1:631"},
    {"web01:22", Family::v4, ':', "web01:22"},
    {"192.168.*.*:22", Family::v4, ':', "192.168.*.*:22"},
    {"10.0.0:22", Family::v4, ':', ""},
    {":22", Family::v4, ':', ""},
    {"0.0.0.0:", Family::v4, ':', ""},
};

TEST(UnixSocket, Cells) {
  for (const SocketCase& row : kSockets) {
    SCOPED_TRACE(row.text);
    const auto socket = parse_unix_socket(row.text, Protocol::tcp, row.family, row.separator);
    ASSERT_EQ(socket.has_value(), *row.wanted != '\0');
    if (socket) {
      EXPECT_EQ(socket_text(socket->address, socket->port.value_or(0)), row.wanted);
    }
  }
}

TEST(UnixSocket, NamesOfPorts) {
  EXPECT_EQ(find_unix_port("tcpmux", Protocol::tcp), 1U);
  EXPECT_EQ(find_unix_port("ssh", Protocol::tcp), 22U);
  EXPECT_EQ(find_unix_port("IPP", Protocol::tcp), 631U);
  EXPECT_EQ(find_unix_port("zope-ftp", Protocol::tcp), 8021U);
  EXPECT_EQ(find_unix_port("wibble", Protocol::tcp), std::nullopt);
  EXPECT_EQ(find_unix_port("bootpc", Protocol::udp), 68U);
  EXPECT_EQ(find_unix_port("snmp-trap", Protocol::tcp), 162U);
  EXPECT_EQ(find_unix_port("wsdapi", Protocol::tcp), 5357U) << "Windows' names are known too";
}

}  // namespace
}  // namespace deadlight::evidence::test
