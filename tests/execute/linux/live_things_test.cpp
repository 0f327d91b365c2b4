// Things of the running kernel, in a network namespace that the test makes for itself.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <mutex>
#include <random>
#include <thread>

#include "execute/linux/act_host.h"
#include "execute/linux/scope_acts.h"
#include "execute/linux/sysctl_thing.h"
#include "execute/linux/table_thing.h"

namespace deadlight::execute {
namespace {

using testing::HasSubstr;

/// Runs `body` in a thread with a network namespace of its own. Returns why that cannot be done
/// here; empty if it was done.
std::string in_own_network(const std::function<void()>& body) {
  std::string why;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) {
      why = std::string("no network namespace can be made here: ") + std::strerror(errno);
      return;
    }
    body();
  }).join();
  return why;
}

/// The same; also says where the kernel has no nftables.
std::string with_tables(const std::function<void()>& body) {
  std::string why;
  const std::string no_network = in_own_network([&] {
    const auto none = table_state("inet deadlight");
    if (!none && none.error().code == Errc::unsupported) {
      why = none.error().message;
      return;
    }
    body();
  });
  return no_network.empty() ? why : no_network;
}

State rules(std::string text) { return {Form::value, std::move(text), 0, 0, 0}; }

constexpr const char* kDropsOne =
    "table inet deadlight {\n\tchain input {\n"
    "\t\ttype filter hook input priority filter + 10; policy accept;\n"
    "\t\ttcp dport 5432 drop\n\t}\n}\n";

TEST(TableThing, ComesGoesAndIsReplacedAsAWhole) {
  const std::string skipped = with_tables([] {
    const auto before = table_state("inet deadlight");
    ASSERT_TRUE(before) << before.error().message;
    EXPECT_EQ(before->form, Form::absent);
    ASSERT_TRUE(set_table("inet deadlight", rules(kDropsOne)));
    const auto first = table_state("inet deadlight");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_THAT(first->content, HasSubstr("tcp dport 5432 drop"));
    ASSERT_TRUE(set_table("inet deadlight", rules("table inet deadlight {\n}\n")));
    const auto second = table_state("inet deadlight");
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_THAT(second->content, testing::Not(HasSubstr("5432")));
    ASSERT_TRUE(set_table("inet deadlight", *first));
    EXPECT_EQ(table_state("inet deadlight").value_or(State{}), *first);
    ASSERT_TRUE(set_table("inet deadlight", State{}));
    ASSERT_TRUE(set_table("inet deadlight", State{}));
    EXPECT_EQ(table_state("inet deadlight").value_or(*first).form, Form::absent);
  });
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

// One wrong rule, and the table is as it was: no moment without it.
TEST(TableThing, WhatTheKernelRefusesChangesNothing) {
  const std::string skipped = with_tables([] {
    ASSERT_TRUE(set_table("inet deadlight", rules(kDropsOne)));
    const auto before = table_state("inet deadlight");
    ASSERT_TRUE(before) << before.error().message;
    const auto refused =
        set_table("inet deadlight",
                  rules("table inet deadlight {\n\tchain input {\n\t\tjump none\n\t}\n}\n"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::refused);
    EXPECT_EQ(table_state("inet deadlight").value_or(State{}), *before);
  });
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

TEST(TableThing, TextOfMoreThanItsTableIsRefused) {
  for (const char* text :
       {"", "flush ruleset", "table inet other {\n}\n",
        "table inet deadlight {\n}\nflush ruleset\n",
        "table inet deadlight {\n}\ntable inet other {\n}\n", "table inet deadlight {\n",
        "table inet deadlight {\n\tchain c {\n\t\tcomment \"}\"\n"}) {
    const auto refused = set_table("inet deadlight", rules(text));
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::malformed) << text;
  }
  for (const char* name : {"deadlight", "inet", "inet a b", "net x", "inet x;flush", "inet x\n"}) {
    const auto state = table_state(name);
    ASSERT_FALSE(state) << name;
    EXPECT_EQ(state.error().code, Errc::malformed) << name;
  }
}

PlannedChange scope(std::string target, std::string networks) {
  PlannedChange change;
  change.kind = knowledge::ChangeKind::firewall;
  change.target = std::move(target);
  change.name = kScopeRule;
  change.data = std::move(networks);
  return change;
}

// Whatever a plan limits, the kernel takes the rules, and says of them what the act wanted.
TEST(ScopeRules, ComeBackAsTheyWereSet) {
  std::mt19937 random(7);
  const std::string skipped = with_tables([&random] {
    const char* networks[] = {"",           "10.0.0.0/8",      "10.1.2.3",     "10.1.2.3/32",
                              "fd00::/8",   "2001:db8::1/128", "local-subnet", "192.168.7.9/24",
                              "fe80::1/64", "128.0.0.0/1"};
    const char* sockets[] = {
        "tcp 5432",         "udp 161",       "tcp 10.0.0.1:53",   "udp [fd00::1]:53",
        "tcp 0.0.0.0:8080", "udp [::]:1900", "tcp [fe80::2]:445", "tcp 22"};
    for (int round = 0; round < 40; ++round) {
      std::vector<PlannedChange> changes;
      for (const char* socket : sockets) {
        if (random() % 2 == 0) continue;
        std::string from;
        for (const char* network : networks) {
          if (random() % 3 == 0) from += std::string(from.empty() ? "" : ", ") + network;
        }
        changes.push_back(scope(socket, from));
      }
      const auto text = scope_rules(changes, {"10.9.0.0/16", "fe80::/64"});
      ASSERT_TRUE(text) << text.error().message;
      const auto listed = as_listed("inet deadlight", *text);
      ASSERT_TRUE(listed) << listed.error().message << "\n" << *text;
      ASSERT_TRUE(set_table("inet deadlight", rules(*listed)));
      EXPECT_EQ(table_state("inet deadlight").value_or(State{}), rules(*listed));
    }
  });
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

/// Two hosts on one cable: the calling thread's network namespace, with 10.77.0.1, and one of a
/// thread that sends from 10.77.0.2 and 10.77.0.3.
class Neighbour {
 public:
  Neighbour() : thread_([this] { work(); }) {
    const int tid = tid_.get_future().get();
    const std::string id = std::to_string(tid);
    sound_ = tid != 0 && std::system(("ip link set lo up && ip link add dl0 type veth peer name "
                                      "dl1 netns " +
                                      id +
                                      " && ip addr add 10.77.0.1/24 dev dl0 && "
                                      "ip link set dl0 up")
                                         .c_str()) == 0;
    ask([this] {
      sound_ = sound_ && std::system(
                             "ip addr add 10.77.0.2/24 dev dl1 && "
                             "ip addr add 10.77.0.3/24 dev dl1 && ip link set dl1 up") == 0;
    });
  }
  ~Neighbour() {
    ask(nullptr);
    thread_.join();
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

  bool sound() const { return sound_; }

  /// Does `what` in the neighbour's namespace and waits for its end; nullptr ends the thread.
  void ask(std::function<void()> what) {
    std::unique_lock lock(mutex_);
    what_ = std::move(what);
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !asked_; });
  }

 private:
  void work() {
    tid_.set_value(unshare(CLONE_NEWNET) == 0 ? gettid() : 0);
    std::unique_lock lock(mutex_);
    for (bool last = false; !last;) {
      changed_.wait(lock, [this] { return asked_; });
      last = what_ == nullptr;
      if (!last) what_();
      asked_ = false;
      changed_.notify_all();
    }
  }

  std::promise<int> tid_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> what_;
  bool asked_ = false;
  bool sound_ = false;
  std::thread thread_;
};

sockaddr_in address_of(const char* ip, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, ip, &address.sin_addr);
  return address;
}

/// A TCP connection from `from` to `to`; no handle if it does not come about within 400 ms.
UniqueFd connection(const char* from, const char* to) {
  UniqueFd handle(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in own = address_of(from, 0);
  const sockaddr_in peer = address_of(to, 4242);
  bind(handle.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own);
  connect(handle.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
  pollfd poll_it{handle.get(), POLLOUT, 0};
  int error = 1;
  socklen_t size = sizeof error;
  if (poll(&poll_it, 1, 400) == 1) getsockopt(handle.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? std::move(handle) : UniqueFd();
}

TEST(ScopeRules, DropWhoIsNotOfTheNetworksAndCutNobody) {
  const std::string skipped = with_tables([] {
    Neighbour neighbour;
    if (!neighbour.sound()) GTEST_SKIP() << "no veth pair between namespaces can be made here";
    const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in any = address_of("0.0.0.0", 4242);
    ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    ASSERT_EQ(listen(listener.get(), 8), 0);

    UniqueFd earlier;
    neighbour.ask([&earlier] { earlier = connection("10.77.0.3", "10.77.0.1"); });
    ASSERT_TRUE(earlier);
    const UniqueFd accepted(accept(listener.get(), nullptr, nullptr));

    const auto text = scope_rules({scope("tcp 4242", "10.77.0.2")}, {});
    ASSERT_TRUE(text) << text.error().message;
    ASSERT_TRUE(set_table("inet deadlight", rules(*text)));
    bool wanted = false;
    bool unwanted = true;
    neighbour.ask([&] {
      wanted = static_cast<bool>(connection("10.77.0.2", "10.77.0.1"));
      unwanted = static_cast<bool>(connection("10.77.0.3", "10.77.0.1"));
    });
    EXPECT_TRUE(wanted);
    EXPECT_FALSE(unwanted);
    EXPECT_TRUE(connection("127.0.0.1", "127.0.0.1"));
    EXPECT_TRUE(connection("10.77.0.1", "10.77.0.1")) << "this host by its own address";

    // What was there before the rules goes on, in both directions.
    neighbour.ask([&earlier] { EXPECT_EQ(send(earlier.get(), "a", 1, 0), 1); });
    pollfd waiting{accepted.get(), POLLIN, 0};
    ASSERT_EQ(poll(&waiting, 1, 2000), 1);
    char byte = 0;
    EXPECT_EQ(recv(accepted.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 'a');
  });
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

TEST(ScopeRules, SayWhatIsNoSocketOrNetwork) {
  for (const char* target : {"5432", "tcp", "tcp 0", "tcp 70000", "icmp 1", "tcp x:1", "tcp "}) {
    const auto none = scope_rules({scope(target, "")}, {});
    ASSERT_FALSE(none) << target;
    EXPECT_EQ(none.error().code, Errc::malformed) << target;
  }
  for (const char* network :
       {"10.0.0.0/0", "10.0.0.0/33", "domain networks", "10.0.0", "fe80::1%eth0", "} ; flush"}) {
    const auto none = scope_rules({scope("tcp 22", network)}, {});
    ASSERT_FALSE(none) << network;
    EXPECT_EQ(none.error().code, Errc::malformed) << network;
  }
}

TEST(SysctlThing, ComesBackAsItWas) {
  const auto root = Root::open("/");
  ASSERT_TRUE(root) << root.error().message;
  const std::string skipped = in_own_network([&root] {
    const std::string name = "net.ipv4.ip_forward";
    const auto before = sysctl_state(*root, name);
    ASSERT_TRUE(before) << before.error().message;
    ASSERT_EQ(before->form, Form::value);
    const State other{Form::value, before->content == "0" ? "1" : "0", 0, 0, 0};
    const auto set = set_sysctl(*root, name, other);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(sysctl_state(*root, name).value_or(State{}), other);
    ASSERT_TRUE(set_sysctl(*root, name, *before));
    EXPECT_EQ(sysctl_state(*root, name).value_or(State{}), *before);
    // A list of numbers is printed with tabs.
    ASSERT_TRUE(set_sysctl(*root, "net.ipv4.tcp_rmem", {Form::value, "4096 8192 16384", 0, 0, 0}));
    EXPECT_EQ(sysctl_state(*root, "net/ipv4/tcp_rmem").value_or(State{}).form, Form::absent);
    const auto refused = set_sysctl(*root, name, {Form::value, "much", 0, 0, 0});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::refused);
  });
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

TEST(SysctlThing, WhatTheKernelDoesNotHaveIsAbsent) {
  const auto root = Root::open("/");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(sysctl_state(*root, "net.ipv4.no_such_thing").value_or(State{Form::value, "", 0, 0, 0}),
            State{});
  EXPECT_TRUE(set_sysctl(*root, "net.ipv4.no_such_thing", State{}));
  const auto refused = set_sysctl(*root, "net.ipv4.no_such_thing", {Form::value, "1", 0, 0, 0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::refused);
  EXPECT_FALSE(sysctl_state(*root, "net..ip_forward"));
}

TEST(LiveHost, AFolderHasNoUnits) {
  const auto host = live_host("/tmp", {});
  ASSERT_TRUE(host) << host.error().message;
  const auto state = (*host)->state(Thing::unit, "ssh.service");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, Errc::unsupported);
  EXPECT_FALSE((*host)->settle({Settle::Kind::reload_manager, ""}));
}

}  // namespace
}  // namespace deadlight::execute
