#include "host/linux/socket_table.h"

#include <gtest/gtest.h>

#include "host/linux/fake_proc.h"

namespace deadlight::linux_host {
namespace {

constexpr std::string_view kHeading = "  sl  local_address rem_address   st ...\n";

SocketTable parsed(Protocol protocol, const std::string& row) {
  auto table = parse_socket_table(std::string(kHeading) + row + "\n", protocol, "/proc/net/x");
  return table ? std::move(*table) : SocketTable{};
}

TEST(SocketTable, ListenerHasNoRemote) {
  const SocketTable table =
      parsed(Protocol::tcp, fake_row("0100007F:07E8", "00000000:0000", "0A", 1603));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(endpoint_text(table.rows[0].endpoint), "tcp 127.0.0.1:2024");
  EXPECT_EQ(table.rows[0].endpoint.state, State::listening);
  EXPECT_FALSE(table.rows[0].endpoint.remote);
  EXPECT_EQ(table.rows[0].inode, 1603U);
  EXPECT_EQ(table.rows[0].line, 2U);
}

TEST(SocketTable, ConnectionHasBothEnds) {
  const SocketTable table =
      parsed(Protocol::tcp, fake_row("0300000A:A0F2", "4C6A46C0:0016", "01", 7));
  ASSERT_EQ(table.rows.size(), 1U);
  const Endpoint& endpoint = table.rows[0].endpoint;
  EXPECT_EQ(socket_text(endpoint.local, endpoint.port), "10.0.0.3:41202");
  ASSERT_TRUE(endpoint.remote);
  EXPECT_EQ(socket_text(*endpoint.remote, endpoint.remote_port), "192.70.106.76:22");
  EXPECT_EQ(endpoint.state, State::established);
}

TEST(SocketTable, V6Addresses) {
  const SocketTable any =
      parsed(Protocol::udp, fake_row("00000000000000000000000000000000:14E9",
                                     "00000000000000000000000000000000:0000", "07", 8));
  ASSERT_EQ(any.rows.size(), 1U);
  EXPECT_EQ(endpoint_text(any.rows[0].endpoint), "udp [::]:5353");
  EXPECT_EQ(any.rows[0].endpoint.state, State::bound);
  const SocketTable link =
      parsed(Protocol::udp, fake_row("000080FE00000000FF005450B6FD1AFE:0222",
                                     "00000000000000000000000000000000:0000", "07", 9));
  ASSERT_EQ(link.rows.size(), 1U);
  EXPECT_EQ(endpoint_text(link.rows[0].endpoint), "udp [fe80::5054:ff:fe1a:fdb6]:546");
}

TEST(SocketTable, ConnectedUdpIsNoOpenPort) {
  const SocketTable table =
      parsed(Protocol::udp, fake_row("0300000A:A0F2", "08080808:0035", "01", 7));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_FALSE(table.rows[0].endpoint.is_open());
  EXPECT_EQ(table.rows[0].endpoint.remote_port, 53);
}

class BrokenRow : public testing::TestWithParam<const char*> {};

TEST_P(BrokenRow, IsNamedAndTheRestIsRead) {
  const SocketTable table =
      parsed(Protocol::tcp,
             std::string(GetParam()) + "\n" + fake_row("0100007F:0016", "00000000:0000", "0A", 5));
  ASSERT_EQ(table.unread.size(), 1U);
  EXPECT_EQ(table.unread[0], (Unread{"/proc/net/x", 2, "is no row of a socket table"}));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].line, 3U);
}

INSTANTIATE_TEST_SUITE_P(Rows, BrokenRow,
                         testing::Values("nonsense", "   0: 0100007F:0016 00000000:0000 0A",
                                         "   0: 0100007F 00000000:0000 0A 0:0 0:0 0 0 0 5",
                                         "   0: 0100007G:0016 00000000:0000 0A 0:0 0:0 0 0 0 5",
                                         "   0: 0100007F:10016 00000000:0000 0A 0:0 0:0 0 0 0 5",
                                         "   0: 0100007F:0016 00000000:0000 FF 0:0 0:0 0 0 0 5",
                                         "   0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 -5",
                                         "   0: 010000:0016 00000000:0000 0A 0:0 0:0 0 0 0 5"));

TEST(SocketTable, AnotherHeadingIsRefused) {
  for (const char* text : {"", "\n", "sl", "Active Connections\nrow\n", "<html>\n<body>\n"}) {
    const auto table = parse_socket_table(text, Protocol::tcp, "/proc/net/tcp");
    ASSERT_FALSE(table) << text;
    EXPECT_EQ(table.error().code, Errc::malformed);
    EXPECT_EQ(table.error().message, "/proc/net/tcp: is no socket table; is /proc mounted there?");
  }
}

TEST(SocketTable, HeadingAloneIsAnEmptyTable) {
  const auto table = parse_socket_table(kHeading, Protocol::tcp, "/proc/net/tcp");
  ASSERT_TRUE(table);
  EXPECT_TRUE(table->rows.empty());
  EXPECT_TRUE(table->unread.empty());
}

}  // namespace
}  // namespace deadlight::linux_host
