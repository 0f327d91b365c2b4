#include "host/linux/diag_message.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/vm_sockets_diag.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>

#include "host/linux/diag_bytes.h"

namespace deadlight::linux_host {
namespace {

using Bytes = std::vector<std::byte>;
constexpr std::uint32_t kSequence = 7;

inet_diag_msg inet_listener(std::uint8_t family, std::uint8_t state, std::uint16_t port) {
  inet_diag_msg message{};
  message.idiag_family = family;
  message.idiag_state = state;
  message.id.idiag_sport = htons(port);
  message.id.idiag_cookie[0] = 5;
  message.id.idiag_cookie[1] = 1;
  message.idiag_uid = 33;
  message.idiag_inode = 1234;
  return message;
}

DiagPart read(const Bytes& bytes, DiagKind kind, DiagRows& rows) {
  return read_diag(bytes, kind, kSequence, rows);
}

TEST(DiagMessage, ReadsEveryFieldOfASocket) {
  inet_diag_msg message = inet_listener(AF_INET, 1, 443);
  message.id.idiag_src[0] = htonl(0x7F000001);
  message.id.idiag_dst[0] = htonl(0x0A000002);
  message.id.idiag_dport = htons(50000);
  message.id.idiag_if = 3;
  DiagRows rows;
  const DiagPart part = read(DiagBytes()
                                 .add(message)
                                 .attribute(INET_DIAG_CGROUP_ID, std::uint64_t{99})
                                 .message(SOCK_DIAG_BY_FAMILY, kSequence),
                             DiagKind::tcp, rows);
  EXPECT_FALSE(part.done);
  EXPECT_EQ(part.damaged, 0U);
  ASSERT_EQ(rows.sockets.size(), 1U);
  const KernelSocket& socket = rows.sockets[0];
  EXPECT_EQ(socket.local[0], 127);
  EXPECT_EQ(socket.local[3], 1);
  EXPECT_EQ(socket.remote[0], 10);
  EXPECT_EQ(socket.remote[3], 2);
  EXPECT_EQ(socket.port, 443);
  EXPECT_EQ(socket.remote_port, 50000);
  EXPECT_EQ(socket.cookie, (std::uint64_t{1} << 32U) + 5);
  EXPECT_EQ(socket.cgroup, 99U);
  EXPECT_EQ(socket.inode, 1234U);
  EXPECT_EQ(socket.uid, 33U);
  EXPECT_EQ(socket.device, 3U);
  EXPECT_EQ(socket.protocol, Protocol::tcp);
  EXPECT_EQ(socket.state, State::established);
  EXPECT_FALSE(socket.v6);
}

struct StateCase {
  const char* name;
  DiagKind kind;
  std::uint8_t code;
  State state;
};
const StateCase kStateCases[] = {
    {"TcpListens", DiagKind::tcp, 10, State::listening},
    {"TcpTimeWait", DiagKind::tcp, 6, State::time_wait},
    {"TcpNewSynRecv", DiagKind::tcp, 12, State::syn_received},
    {"TcpOfAKernelToCome", DiagKind::tcp, 200, State::connected},
    {"SctpListens", DiagKind::sctp, 10, State::listening},
    {"UdpUnconnected", DiagKind::udp, 7, State::bound},
    {"UdpConnected", DiagKind::udp, 1, State::established},
    {"UdpLiteUnconnected", DiagKind::udplite, 7, State::bound},
};
class DiagState : public testing::TestWithParam<StateCase> {};
TEST_P(DiagState, IsThatOfTheKernel) {
  DiagRows rows;
  read(DiagBytes()
           .add(inet_listener(AF_INET, GetParam().code, 1))
           .message(SOCK_DIAG_BY_FAMILY, kSequence),
       GetParam().kind, rows);
  ASSERT_EQ(rows.sockets.size(), 1U);
  EXPECT_EQ(rows.sockets[0].state, GetParam().state);
}
INSTANTIATE_TEST_SUITE_P(Rows, DiagState, testing::ValuesIn(kStateCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(DiagMessage, DualStackIsKnownOfIpv6) {
  for (const std::uint8_t only : {std::uint8_t{0}, std::uint8_t{1}}) {
    DiagRows rows;
    read(DiagBytes()
             .add(inet_listener(AF_INET6, 10, 80))
             .attribute(INET_DIAG_SKV6ONLY, only)
             .message(SOCK_DIAG_BY_FAMILY, kSequence),
         DiagKind::tcp, rows);
    ASSERT_EQ(rows.sockets.size(), 1U);
    EXPECT_TRUE(rows.sockets[0].v6);
    EXPECT_EQ(rows.sockets[0].v6_only, only == 1);
  }
}

TEST(DiagMessage, SocketsWithoutPortAreToldInWords) {
  DiagRows rows;
  inet_diag_msg raw = inet_listener(AF_INET, 7, 0);
  read(DiagBytes()
           .add(raw)
           .attribute(INET_DIAG_PROTOCOL, std::uint8_t{1})
           .message(SOCK_DIAG_BY_FAMILY, kSequence),
       DiagKind::raw, rows);
  vsock_diag_msg vsock{};
  vsock.vdiag_type = SOCK_STREAM;
  vsock.vdiag_state = 10;
  vsock.vdiag_src_cid = 0xFFFFFFFF;
  vsock.vdiag_src_port = 1024;
  vsock.vdiag_ino = 55;
  read(DiagBytes().add(vsock).message(SOCK_DIAG_BY_FAMILY, kSequence), DiagKind::vsock, rows);
  packet_diag_msg packet{};
  packet.pdiag_type = SOCK_RAW;
  packet.pdiag_num = 3;
  packet_diag_info info{};
  info.pdi_index = 2;
  read(DiagBytes()
           .add(packet)
           .attribute(PACKET_DIAG_INFO, info)
           .attribute(PACKET_DIAG_UID, std::uint32_t{42})
           .message(SOCK_DIAG_BY_FAMILY, kSequence),
       DiagKind::packet, rows);
  ASSERT_EQ(rows.others.size(), 3U);
  EXPECT_EQ(rows.others[0].row.family, "raw");
  EXPECT_EQ(rows.others[0].row.local, "0.0.0.0, protocol 1");
  EXPECT_EQ(rows.others[0].row.uid, 33U);
  EXPECT_EQ(rows.others[1].row.local, "cid any port 1024");
  EXPECT_EQ(rows.others[1].row.state, "listening");
  EXPECT_EQ(rows.others[1].inode, 55U);
  EXPECT_EQ(rows.others[2].row.local, "whole frames of every protocol");
  EXPECT_EQ(rows.others[2].row.uid, 42U);
  EXPECT_EQ(rows.others[2].device, 2U);
  EXPECT_TRUE(rows.sockets.empty());
}

TEST(DiagMessage, TheEndSaysHowItWent) {
  struct Case {
    int type;
    std::int32_t payload;
    int error;
  };
  for (const Case& row : {Case{NLMSG_DONE, 0, 0}, Case{NLMSG_DONE, -ENOENT, ENOENT},
                          Case{NLMSG_ERROR, -EPERM, EPERM}, Case{NLMSG_DONE, 7, EPROTO},
                          Case{NLMSG_DONE, std::numeric_limits<std::int32_t>::min(), EPROTO}}) {
    DiagRows rows;
    const DiagPart part =
        read(DiagBytes().add(row.payload).message(row.type, kSequence), DiagKind::tcp, rows);
    EXPECT_TRUE(part.done);
    EXPECT_EQ(part.error, row.error);
  }
}

TEST(DiagMessage, AnInterruptedDumpIsSeen) {
  DiagRows rows;
  const DiagPart part =
      read(DiagBytes()
               .add(inet_listener(AF_INET, 10, 1))
               .message(SOCK_DIAG_BY_FAMILY, kSequence, NLM_F_MULTI | NLM_F_DUMP_INTR),
           DiagKind::tcp, rows);
  EXPECT_TRUE(part.interrupted);
  EXPECT_EQ(rows.sockets.size(), 1U);
}

TEST(DiagMessage, AnswersToOtherRequestsArePassedOver) {
  DiagRows rows;
  const DiagPart part = read(
      DiagBytes().add(inet_listener(AF_INET, 10, 1)).message(SOCK_DIAG_BY_FAMILY, kSequence - 1),
      DiagKind::tcp, rows);
  EXPECT_TRUE(rows.sockets.empty());
  EXPECT_EQ(part.damaged, 0U);
}

TEST(DiagMessage, AnyCutIsTakenAndSaid) {
  const Bytes whole = DiagBytes()
                          .add(inet_listener(AF_INET6, 10, 80))
                          .attribute(INET_DIAG_SKV6ONLY, std::uint8_t{1})
                          .message(SOCK_DIAG_BY_FAMILY, kSequence);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    DiagRows rows;
    const DiagPart part =
        read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), DiagKind::tcp,
             rows);
    EXPECT_EQ(part.damaged, 1U) << size;
    EXPECT_TRUE(rows.sockets.empty()) << size;
  }
  // A message that says that it is shorter than its own struct.
  Bytes small = DiagBytes().add(std::uint32_t{0}).message(SOCK_DIAG_BY_FAMILY, kSequence);
  DiagRows rows;
  EXPECT_EQ(read(small, DiagKind::tcp, rows).damaged, 1U);
  EXPECT_EQ(read(small, DiagKind::vsock, rows).damaged, 1U);
  EXPECT_EQ(read(small, DiagKind::packet, rows).damaged, 1U);
}

}  // namespace
}  // namespace deadlight::linux_host
