#include "host/linux/live_collector.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "host/linux/net_sandbox.h"

namespace deadlight::linux_host {
namespace {

using testing::HasSubstr;

Snapshot collected(const LiveOptions& options) {
  auto snapshot = collect_live(options);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return snapshot ? std::move(*snapshot) : Snapshot{};
}

/// Rows of this namespace alone.
std::vector<Endpoint> own_rows(const Snapshot& snapshot) {
  std::vector<Endpoint> rows;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (endpoint.net_namespace().empty()) rows.push_back(endpoint);
  }
  return rows;
}

std::string own_program() {
  return std::filesystem::read_symlink("/proc/self/exe").filename().string();
}

struct KindCase {
  const char* name;
  SocketWish wish;
  Protocol protocol;
  State state;
  std::optional<bool> dual_stack;
};
const KindCase kKinds[] = {
    {"TcpV4", {SOCK_STREAM, "127.0.0.1"}, Protocol::tcp, State::listening, {}},
    {"TcpV4Any", {SOCK_STREAM, "0.0.0.0"}, Protocol::tcp, State::listening, {}},
    {"TcpDualStack", {SOCK_STREAM, "::"}, Protocol::tcp, State::listening, true},
    {"TcpV6Only", {SOCK_STREAM, "::", 0, 0, true}, Protocol::tcp, State::listening, false},
    {"TcpV6OneAddress", {SOCK_STREAM, "::1"}, Protocol::tcp, State::listening, {}},
    {"UdpV4", {SOCK_DGRAM, "127.0.0.1"}, Protocol::udp, State::bound, {}},
    {"UdpDualStack", {SOCK_DGRAM, "::"}, Protocol::udp, State::bound, true},
    {"UdpV6Only", {SOCK_DGRAM, "::", 0, 0, true}, Protocol::udp, State::bound, false},
    {"UdpLite", {SOCK_DGRAM, "127.0.0.1", 0, IPPROTO_UDPLITE}, Protocol::udplite, State::bound, {}},
    {"Sctp", {SOCK_STREAM, "127.0.0.1", 0, IPPROTO_SCTP}, Protocol::sctp, State::listening, {}},
    {"BoundToDevice",
     {SOCK_STREAM, "0.0.0.0", 0, 0, false, "lo"},
     Protocol::tcp,
     State::listening,
     {}},
};
class LiveKind : public testing::TestWithParam<KindCase> {};

TEST_P(LiveKind, IsListedWithItsProcess) {
  const KindCase& want = GetParam();
  std::string missing;
  const std::string why = run_in_own_network([&] {
    const TestSocket bound = bind_socket(want.wish);
    if (!bound) {
      missing = "this kernel has no such socket";
      return;
    }
    const std::vector<Endpoint> rows = own_rows(collected({}));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].protocol, want.protocol);
    EXPECT_EQ(rows[0].state, want.state);
    EXPECT_EQ(rows[0].port, bound.port);
    const std::string device = want.wish.device.empty() ? "" : "%" + want.wish.device;
    EXPECT_EQ(rows[0].local.text(), want.wish.address + device);
    EXPECT_EQ(rows[0].pid, static_cast<std::uint32_t>(getpid()));
    EXPECT_EQ(rows[0].process, own_program());
    EXPECT_EQ(rows[0].live->uid, geteuid());
    EXPECT_EQ(rows[0].live->dual_stack, want.dual_stack);
    EXPECT_EQ(rows[0].sockets(), 1U);
  });
  if (!why.empty() || !missing.empty()) GTEST_SKIP() << why << missing;
}
INSTANTIATE_TEST_SUITE_P(Rows, LiveKind, testing::ValuesIn(kKinds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LiveCollector, SocketsWithoutPortAreListedBeside) {
  const std::string why = run_in_own_network([] {
    const UniqueFd raw(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    const UniqueFd packet(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    ASSERT_TRUE(raw && packet);
    const Snapshot snapshot = collected({});
    std::vector<std::string> found;
    for (const OtherSocket& one : snapshot.other_sockets) {
      if (!one.net_namespace.empty()) continue;
      found.push_back(one.family + ": " + one.local);
      EXPECT_EQ(one.pid, static_cast<std::uint32_t>(getpid()));
      EXPECT_EQ(one.uid, geteuid());
    }
    EXPECT_THAT(found, testing::UnorderedElementsAre("raw: 0.0.0.0, protocol 1",
                                                     "packet: whole frames of every protocol"));
    EXPECT_TRUE(own_rows(snapshot).empty());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, ConnectionsAreForThoseWhoAsk) {
  const std::string why = run_in_own_network([] {
    const TestSocket server = bind_socket({SOCK_STREAM, "127.0.0.1"});
    const auto ends = connect_to(server);
    ASSERT_EQ(ends.size(), 2U);
    EXPECT_EQ(own_rows(collected({})).size(), 1U);
    LiveOptions all;
    all.all_states = true;
    const auto rows = own_rows(collected(all));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                            [](const Endpoint& row) { return row.state == State::established; }),
              2);
    for (const Endpoint& row : rows) EXPECT_EQ(row.pid, static_cast<std::uint32_t>(getpid()));
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, AnotherNamespaceIsEnteredAndNamed) {
  constexpr std::uint16_t kPort = 4321;
  const std::string why = run_in_own_network([] {
    // A /run/netns that only this thread sees.
    ASSERT_EQ(unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_EQ(mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
    std::filesystem::create_directory("/run/netns");
    std::ofstream("/run/netns/blue").flush();
    const TestProcess other([] {
      static TestSocket bound;
      if (unshare(CLONE_NEWNET) != 0) return false;
      bound = bind_socket({SOCK_STREAM, "0.0.0.0", kPort});
      return static_cast<bool>(bound);
    });
    ASSERT_TRUE(other.ready());
    const std::string place = "/proc/" + std::to_string(other.pid()) + "/ns/net";
    ASSERT_EQ(mount(place.c_str(), "/run/netns/blue", nullptr, MS_BIND, nullptr), 0);
    const TestSocket own = bind_socket({SOCK_STREAM, "0.0.0.0", kPort});
    const Snapshot snapshot = collected({});
    std::vector<std::string> texts;
    for (const Endpoint& row : snapshot.endpoints) {
      if (row.port != kPort) continue;
      texts.push_back(endpoint_text(row));
      EXPECT_EQ(row.pid,
                row.net_namespace().empty() ? static_cast<std::uint32_t>(getpid()) : other.pid());
    }
    EXPECT_THAT(texts, testing::ElementsAre("tcp 0.0.0.0:4321", "tcp 0.0.0.0:4321 in netns blue"));
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, WithoutTheRightToEnterItSaysSo) {
  if (geteuid() != 0) GTEST_SKIP() << "takes root, to give it up";
  const TestProcess nobody([] {
    if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0) return false;
    const auto snapshot = collect_live({});
    if (!snapshot) return false;
    return std::any_of(snapshot->notes.begin(), snapshot->notes.end(), [](const std::string& note) {
      return note.find("network namespaces of their own") != std::string::npos &&
             note.find("run as root") != std::string::npos;
    });
  });
  EXPECT_TRUE(nobody.ready());
}

/// From now on this process gets no netlink socket, as under a container's filter.
bool refuse_netlink() {
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
                           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(LiveCollector, WithoutSockDiagItReadsProcAndSaysSo) {
  const std::string why = run_in_own_network([] {
    const TestProcess filtered([] {
      const TestSocket bound = bind_socket({SOCK_STREAM, "127.0.0.1", 4321});
      if (!bound || !refuse_netlink()) return false;
      const auto snapshot = collect_live({});
      if (!snapshot) return false;
      const bool said =
          std::any_of(snapshot->notes.begin(), snapshot->notes.end(), [](const std::string& note) {
            return note.find("read from /proc") != std::string::npos;
          });
      return said && std::any_of(snapshot->endpoints.begin(), snapshot->endpoints.end(),
                                 [](const Endpoint& row) { return row.port == 4321; });
    });
    EXPECT_TRUE(filtered.ready());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, TheUserOfASocketIsItsOwn) {
  if (geteuid() != 0) GTEST_SKIP() << "takes root, to make a socket of another user";
  const std::string why = run_in_own_network([] {
    const TestProcess other([] {
      static TestSocket bound;
      if (setgroups(0, nullptr) != 0 || setuid(65534) != 0) return false;
      bound = bind_socket({SOCK_DGRAM, "127.0.0.1"});
      return static_cast<bool>(bound);
    });
    ASSERT_TRUE(other.ready());
    const auto rows = own_rows(collected({}));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].live->uid, 65534U);
    EXPECT_EQ(rows[0].pid, other.pid());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, ProcessesMayComeAndGoMeanwhile) {
  const std::string why = run_in_own_network([] {
    const TestSocket kept = bind_socket({SOCK_STREAM, "127.0.0.1"});
    std::atomic<bool> stop = false;
    std::thread restless([&] {
      while (!stop) {
        // The other thread may hold the lock of malloc() when this one forks: system calls only.
        const TestProcess brief(
            [] { return listen(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 1) == 0; });
      }
    });
    for (int i = 0; i < 20; ++i) {
      LiveOptions options;
      options.bpf = i % 2 == 0;
      options.complete = true;
      const auto rows = own_rows(collected(options));
      EXPECT_TRUE(std::any_of(rows.begin(), rows.end(),
                              [&](const Endpoint& row) { return row.port == kept.port; }));
    }
    stop = true;
    restless.join();
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

/// A cgroup with a unit's name, in the unified hierarchy of this machine.
class TestUnit {
 public:
  TestUnit() {
    for (const char* root : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
      if (!std::filesystem::exists(std::string(root) + "/cgroup.controllers")) continue;
      folder_ = std::string(root) + "/deadlight-test-" + std::to_string(getpid()) + ".service";
      if (mkdir(folder_.c_str(), 0755) == 0) return;
    }
    folder_.clear();
  }
  ~TestUnit() {
    // The kernel takes a moment to see that nobody is left in it.
    for (int tries = 0; !folder_.empty() && rmdir(folder_.c_str()) != 0 && tries < 100; ++tries) {
      usleep(10'000);
    }
  }
  TestUnit(const TestUnit&) = delete;
  TestUnit& operator=(const TestUnit&) = delete;

  explicit operator bool() const { return !folder_.empty(); }
  std::string name() const { return std::filesystem::path(folder_).filename().string(); }
  bool enter() const { return static_cast<bool>(std::ofstream(folder_ + "/cgroup.procs") << 0); }

 private:
  std::string folder_;
};

TEST(LiveCollector, TheUnitIsKnownFromTheCgroupWithoutAnyProcess) {
  const TestUnit unit;
  if (!unit) GTEST_SKIP() << "no unified cgroup hierarchy that this test may write to";
  const std::string why = run_in_own_network([&] {
    const TestProcess service([&] {
      static TestSocket bound;
      if (!unit.enter()) return false;
      bound = bind_socket({SOCK_STREAM, "127.0.0.1"});
      return static_cast<bool>(bound);
    });
    ASSERT_TRUE(service.ready());
    LiveOptions options;
    options.owner = OwnerDepth::unit;
    const Snapshot by_unit = collected(options);
    auto rows = own_rows(by_unit);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].unit, unit.name());
    EXPECT_EQ(rows[0].live->cgroup, "/" + unit.name());
    EXPECT_FALSE(rows[0].pid);
    ASSERT_NE(by_unit.service(unit.name()), nullptr);
    EXPECT_EQ(by_unit.service(unit.name())->state, ServiceState::running);
    rows = own_rows(collected({}));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].pid, service.pid());
    EXPECT_EQ(rows[0].unit, unit.name());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

constexpr std::size_t kMany = 5000;

bool may_open(std::size_t files) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(files + 100, limit.rlim_max));
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= files + 100;
}

TEST(LiveCollector, SocketsThatAreAlikeAreOneRowUnlessEachIsAskedFor) {
  if (!may_open(kMany)) GTEST_SKIP() << "this machine allows too few open files";
  const std::string why = run_in_own_network([] {
    std::vector<TestSocket> sockets;
    for (std::size_t i = 0; i < kMany; ++i) {
      sockets.push_back(bind_socket({SOCK_DGRAM, i % 2 == 0 ? "127.0.0.1" : "127.0.0.2",
                                     static_cast<std::uint16_t>(20000 + i)}));
      ASSERT_TRUE(sockets.back());
    }
    LiveOptions options;
    // Ports 21000 to 21009 are known for something.
    options.port_class = [](Protocol, std::uint16_t port) { return port / 10 == 2100 ? 1U : 0U; };
    auto rows = own_rows(collected(options));
    ASSERT_EQ(rows.size(), 11U);
    const auto many = std::find_if(rows.begin(), rows.end(),
                                   [](const Endpoint& row) { return row.sockets() > 1; });
    ASSERT_NE(many, rows.end());
    EXPECT_EQ(endpoint_text(*many),
              "udp 127.0.0.1 and 1 more:20000-20999,21010-24999 (4990 sockets)");
    EXPECT_EQ(many->live->processes, 1U);
    EXPECT_EQ(many->pid, static_cast<std::uint32_t>(getpid()));
    EXPECT_FALSE(many->has_port(21000));
    options.each = true;
    rows = own_rows(collected(options));
    EXPECT_EQ(rows.size(), kMany);
    EXPECT_TRUE(std::all_of(rows.begin(), rows.end(),
                            [](const Endpoint& row) { return row.sockets() == 1; }));
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(LiveCollector, VerboseSaysHowProcessesWereFound) {
  LiveOptions options;
  options.verbose = true;
  options.bpf = false;
  EXPECT_THAT(collected(options).notes, Not(testing::Contains(HasSubstr("BPF"))));
}

}  // namespace
}  // namespace deadlight::linux_host
