#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "host/linux/proc_collector.h"

namespace deadlight::linux_host {
namespace {

/// A socket bound to loopback on a port that the kernel chose; closed with the object.
class BoundSocket {
 public:
  BoundSocket(int family, int type) : handle_(socket(family, type | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (family == AF_INET) {
      auto* address = reinterpret_cast<sockaddr_in*>(&storage);
      address->sin_family = AF_INET;
      address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      size = sizeof *address;
    } else {
      auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
      address->sin6_family = AF_INET6;
      address->sin6_addr = in6addr_loopback;
      size = sizeof *address;
    }
    auto* generic = reinterpret_cast<sockaddr*>(&storage);
    ok_ = handle_ >= 0 && bind(handle_, generic, size) == 0 &&
          (type != SOCK_STREAM || listen(handle_, 1) == 0) &&
          getsockname(handle_, generic, &size) == 0;
    port_ = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                                    : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
  }
  ~BoundSocket() {
    if (handle_ >= 0) close(handle_);
  }
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;

  bool ok() const { return ok_; }
  int handle() const { return handle_; }
  std::uint16_t port() const { return port_; }

 private:
  int handle_;
  bool ok_ = false;
  std::uint16_t port_ = 0;
};

struct LiveCase {
  const char* name;
  int family;
  int type;
  const char* expected;
};

class LiveHost : public testing::TestWithParam<LiveCase> {};

const Endpoint* find_row(const Snapshot& snapshot, const std::string& text) {
  const auto found =
      std::find_if(snapshot.endpoints.begin(), snapshot.endpoints.end(),
                   [&](const Endpoint& endpoint) { return endpoint_text(endpoint) == text; });
  return found == snapshot.endpoints.end() ? nullptr : &*found;
}

TEST_P(LiveHost, SocketOfThisTestIsFoundWithItsProcess) {
  const BoundSocket bound(GetParam().family, GetParam().type);
  if (!bound.ok()) {
    ASSERT_EQ(GetParam().family, AF_INET6) << "every Linux has 127.0.0.1";
    GTEST_SKIP() << "this kernel runs without IPv6 (ipv6.disable): there is no socket to be found";
  }
  const auto snapshot = collect("/proc");
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  const Endpoint* own = find_row(*snapshot, GetParam().expected + std::to_string(bound.port()));
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->pid, static_cast<std::uint32_t>(getpid()));
  EXPECT_TRUE(own->is_open());
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(own->process, program.filename().string());
}

const LiveCase kLiveCases[] = {{"TcpV4", AF_INET, SOCK_STREAM, "tcp 127.0.0.1:"},
                               {"UdpV4", AF_INET, SOCK_DGRAM, "udp 127.0.0.1:"},
                               {"TcpV6", AF_INET6, SOCK_STREAM, "tcp [::1]:"},
                               {"UdpV6", AF_INET6, SOCK_DGRAM, "udp [::1]:"}};
INSTANTIATE_TEST_SUITE_P(Rows, LiveHost, testing::ValuesIn(kLiveCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LiveHostConnection, BothEndsAreSeen) {
  const BoundSocket server(AF_INET, SOCK_STREAM);
  ASSERT_TRUE(server.ok());
  const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(handle, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const auto snapshot = collect("/proc");
  close(handle);
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  const auto connected = [&](const Endpoint& endpoint) {
    return endpoint.state == State::established && endpoint.remote_port == server.port() &&
           endpoint.pid == static_cast<std::uint32_t>(getpid());
  };
  EXPECT_TRUE(std::any_of(snapshot->endpoints.begin(), snapshot->endpoints.end(), connected));
}

TEST(LiveHostRanges, EveryValueIsPlausible) {
  const auto snapshot = collect("/proc");
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_FALSE(snapshot->host.name.empty());
  EXPECT_TRUE(snapshot->unread.empty());
  for (const Endpoint& endpoint : snapshot->endpoints) {
    EXPECT_TRUE(endpoint.local.ip) << endpoint_text(endpoint);
    EXPECT_EQ(endpoint.is_open(), !endpoint.remote) << endpoint_text(endpoint);
    ASSERT_FALSE(endpoint.sources.empty());
    EXPECT_LT(endpoint.sources[0].evidence, snapshot->evidence.size());
    EXPECT_GT(endpoint.sources[0].line, 1U);
  }
}

}  // namespace
}  // namespace deadlight::linux_host
