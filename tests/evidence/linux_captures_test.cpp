#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::IsEmpty;

// All of these were captured at the same moment on one host.

/// Sockets without owners; a device that only ss names is left out.
std::set<std::string> sockets(const Snapshot& snapshot, bool open_only = false) {
  std::set<std::string> out;
  for (Endpoint endpoint : snapshot.endpoints) {
    if (open_only && !endpoint.is_open()) continue;
    if (endpoint.local.ip) endpoint.local.ip->zone = {};
    std::string text = endpoint_text(endpoint);
    if (endpoint.remote) text += " -> " + socket_text(*endpoint.remote, endpoint.remote_port);
    out.insert(text + ' ' + std::string(state_id(endpoint.state)));
  }
  return out;
}

/// "tcp 0.0.0.0:22 16774": open sockets and those that hold them.
std::set<std::string> owners(const Snapshot& snapshot) {
  std::set<std::string> out;
  for (Endpoint endpoint : snapshot.endpoints) {
    if (!endpoint.is_open() || !endpoint.pid) continue;
    if (endpoint.local.ip) endpoint.local.ip->zone = {};
    out.insert(endpoint_text(endpoint) + ' ' + std::to_string(*endpoint.pid));
  }
  return out;
}

TEST(LinuxCaptures, SsAndProcNetNameTheSameSockets) {
  const Snapshot proc = read_text(data("evidence/proc-net.debian12.txt"));
  EXPECT_EQ(sockets(proc).size(), 34U);
  EXPECT_THAT(unread(proc), IsEmpty());
  for (const char* name : {"evidence/ss-anp.debian12.txt", "evidence/ss-tuanpeoim.debian12.txt"}) {
    const Snapshot ss = read_text(data(name));
    EXPECT_EQ(sockets(ss), sockets(proc)) << name;
    EXPECT_THAT(unread(ss), IsEmpty()) << name;
  }
}

TEST(LinuxCaptures, NetstatNamesTheSameOpenSockets) {
  const Snapshot proc = read_text(data("evidence/proc-net.debian12.txt"));
  const Snapshot wide = read_text(data("evidence/netstat-tulpenW.debian12.txt"));
  EXPECT_EQ(sockets(wide), sockets(proc, true));
  EXPECT_THAT(unread(wide), IsEmpty());
  for (const char* name :
       {"evidence/netstat-anp.debian12.txt", "evidence/netstat-anp-pt.debian12.txt"}) {
    const Snapshot narrow = read_text(data(name));
    const auto all = sockets(proc);
    const auto read = sockets(narrow);
    EXPECT_EQ(read.size(), 30U) << name;
    EXPECT_TRUE(std::includes(all.begin(), all.end(), read.begin(), read.end())) << name;
    EXPECT_EQ(unread(narrow).size(), 4U) << name;
    EXPECT_EQ(unread(narrow)[0],
              "20: the address in 'fe80::5054:ff:fe12:8443' may be cut off; run netstat -W too");
    EXPECT_THAT(skipped(narrow), IsEmpty()) << name;
  }
}

TEST(LinuxCaptures, LsofNamesTheSameOwnersAsSs) {
  const Snapshot ss = read_text(data("evidence/ss-anp.debian12.txt"));
  for (const char* name : {"evidence/lsof-iPn.debian12.txt", "evidence/lsof-F0.debian12.txt"}) {
    const Snapshot lsof = read_text(data(name));
    EXPECT_EQ(owners(lsof), owners(ss)) << name;
    EXPECT_THAT(unread(lsof), IsEmpty()) << name;
  }
}

TEST(LinuxCaptures, TogetherTheyDoNotContradict) {
  const Snapshot all = read_inputs({{"ss", data("evidence/ss-anp.debian12.txt")},
                                    {"netstat", data("evidence/netstat-tulpenW.debian12.txt")},
                                    {"lsof", data("evidence/lsof-iPn.debian12.txt")},
                                    {"ps", data("evidence/ps-ef.debian12.txt")},
                                    {"proc", data("evidence/proc-net.debian12.txt")}});
  EXPECT_EQ(sockets(all), sockets(read_text(data("evidence/proc-net.debian12.txt"))));
  EXPECT_EQ(all.host.os, Os::linux);
  for (const std::string& note : all.notes) {
    EXPECT_THAT(note, testing::HasSubstr("ss prints * for an IPv6 socket"));
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
