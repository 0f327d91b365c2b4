// Rules as nft itself sets and prints them, in a network namespace of the test's own.
#include "host/linux/nft_reach.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

#include "host/calls/nft.h"
#include "host/linux/firewall.h"
#include "host/linux/net_sandbox.h"

namespace deadlight::linux_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// What `look` does with the rules that nftables makes of `text`. Empty, or why that cannot be
/// tried here.
template <class Look>
std::string with_rules(const std::string& text, Look look) {
  return run_in_own_network([&] {
    const auto set = Nft().run(text);
    ASSERT_TRUE(set) << set.error().message;
    const FirewallRead read = read_firewall();
    ASSERT_EQ(read.failure, "");
    look(read.rules);
  });
}

Caller tcp(std::uint16_t port, const char* address = "0.0.0.0", const char* device = "") {
  return {Protocol::tcp, port, *parse_ip(address), device, false};
}

Caller udp(std::uint16_t port, const char* address = "0.0.0.0") {
  return {Protocol::udp, port, *parse_ip(address), "", false};
}

std::string input(const std::string& rules, const char* policy = "drop") {
  return "table inet filter {\n chain web { tcp dport { 80, 443 } accept; }\n chain input { type "
         "filter hook input priority 0; policy " +
         std::string(policy) + ";\n" + rules + "\n}\n}\n";
}

TEST(NftTables, AreAskedForOfThisNamespace) {
  const std::string why_not = run_in_own_network([] {
    EXPECT_FALSE(may_have_nft_tables());
    const auto set = Nft().run("table ip6 one {}");
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_TRUE(may_have_nft_tables());
  });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

struct PassageCase {
  const char* name;
  std::string rules;
  Caller caller;
  Filter filter;
  const char* because;
};
void PrintTo(const PassageCase& one, std::ostream* out) { *out << one.name; }

class NftPassage : public testing::TestWithParam<PassageCase> {};

TEST_P(NftPassage, IsWhatTheRulesSay) {
  const PassageCase& one = GetParam();
  const std::string why_not = with_rules(one.rules, [&](const Ruleset& rules) {
    const Passage result = passage(rules, one.caller);
    EXPECT_EQ(filter_id(result.filter), filter_id(one.filter)) << result.because;
    EXPECT_THAT(result.because, HasSubstr(one.because));
  });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

const PassageCase kPassages[] = {
    {"NoRules", "", tcp(22), Filter::open, ""},
    {"PolicyDrops", input(""), tcp(22), Filter::blocked, "the policy of inet filter input drops"},
    {"PolicyAccepts", input("", "accept"), tcp(22), Filter::open, "policy of inet filter input"},
    {"PortAccepted", input("tcp dport 22 accept"), tcp(22), Filter::open,
     "rule 1 of inet filter input lets it in"},
    {"OtherPortAccepted", input("tcp dport 22 accept"), tcp(23), Filter::blocked, "policy"},
    {"OtherProtocol", input("tcp dport 53 accept"), udp(53), Filter::blocked, "policy"},
    {"ThirdRule", input("iif lo accept\nct state established,related accept\ntcp dport 22 accept"),
     tcp(22), Filter::open, "rule 3 of"},
    {"EstablishedOnly", input("ct state established,related accept"), tcp(22), Filter::blocked, ""},
    {"StateMap", input("ct state vmap { established : accept, related : accept, invalid : drop }"),
     tcp(22), Filter::blocked, "policy"},
    {"NewAccepted", input("ct state new accept"), udp(9), Filter::open, "rule 1"},
    {"SetOfPorts", input("tcp dport { 22, 80-90 } accept"), tcp(85), Filter::open, "rule 1"},
    {"NotInSetOfPorts", input("tcp dport { 22, 80-90 } accept"), tcp(91), Filter::blocked, ""},
    {"NamedSet",
     "table inet filter { set p { type inet_service; elements = { 22 } }\n chain input { type "
     "filter hook input priority 0; policy drop; tcp dport @p accept; }\n}",
     tcp(22), Filter::open, "rule 1"},
    {"MapOfPorts", input("tcp dport vmap { 22 : accept, 23 : drop, 80 : jump web }", "accept"),
     tcp(23), Filter::blocked, "rule 1"},
    {"JumpByMap", input("tcp dport vmap { 22 : accept, 80 : jump web }"), tcp(80), Filter::open,
     "rule 1 of inet filter web"},
    {"Jump", input("jump web"), tcp(443), Filter::open, "rule 1 of inet filter web"},
    {"JumpComesBack", input("jump web\ntcp dport 22 accept"), tcp(22), Filter::open, "rule 2 of"},
    {"ReturnEndsTheChain",
     "table ip f { chain c { tcp dport 22 return; drop; }\n chain input { type filter hook input "
     "priority 0; policy accept; jump c; }\n}",
     tcp(22), Filter::open, "policy"},
    {"NotThePort", input("tcp dport != 22 drop", "accept"), tcp(22), Filter::open, "policy"},
    {"AnyOtherPort", input("tcp dport != 22 drop", "accept"), tcp(23), Filter::blocked, "rule 1"},
    {"FromANetwork", input("ip saddr 10.0.0.0/8 tcp dport 22 accept"), tcp(22), Filter::limited,
     "rule 1 of inet filter input lets in some"},
    {"FromNotEverywhere", input("ip saddr 192.0.2.1 drop", "accept"), tcp(22), Filter::limited,
     "rule 1 of inet filter input drops some"},
    {"RateLimited", input("tcp dport 22 limit rate 3/minute accept"), tcp(22), Filter::limited, ""},
    {"ByDevice", input("iifname eth0 tcp dport 22 accept"), tcp(22), Filter::limited, ""},
    {"BoundToTheDevice", input("iifname \"eth*\" accept"), tcp(22, "0.0.0.0", "eth0"), Filter::open,
     "rule 1"},
    {"BoundToAnotherDevice", input("iifname eth0 accept"), tcp(22, "0.0.0.0", "eth1"),
     Filter::blocked, ""},
    {"LoIsNotOutside", input("iifname lo accept"), tcp(22), Filter::blocked, ""},
    {"AllButLo", input("iifname != lo drop", "accept"), tcp(22), Filter::blocked, "rule 1"},
    {"ToTheAddress", input("ip daddr 192.0.2.7 accept"), tcp(22, "192.0.2.7"), Filter::open, ""},
    {"ToAnotherAddress", input("ip daddr 192.0.2.8 accept"), tcp(22, "192.0.2.7"), Filter::blocked,
     ""},
    {"OtherFamily", input("meta nfproto ipv4 tcp dport 22 accept"), tcp(22, "::"), Filter::blocked,
     ""},
    {"TableOfTheOtherFamily",
     "table ip f { chain i { type filter hook input priority 0; drop; }\n}", tcp(22, "::"),
     Filter::open, ""},
    {"Prerouting",
     "table ip raw { chain p { type filter hook prerouting priority -300; tcp dport 22 drop; }\n}",
     tcp(22), Filter::blocked, "rule 1 of ip raw p"},
    {"TwoTables",
     input("tcp dport 22 accept") +
         "table ip late { chain i { type filter hook input priority 10; tcp dport 22 reject; }\n}",
     tcp(22), Filter::blocked, "ip late i"},
    {"MarkIsNotKnown", input("meta mark 7 tcp dport 22 accept"), tcp(22), Filter::unknown,
     "rule 1 of inet filter input is not understood"},
    {"MarkOfAnotherPort", input("meta mark 7 tcp dport 22 accept"), tcp(23), Filter::blocked, ""},
    {"WhatIsNotKnownCannotMatter", input("meta mark 7 accept", "accept"), tcp(22), Filter::open,
     ""},
    {"SynOfAFirstPacket",
     input("tcp flags & (fin|syn|rst|ack) != syn ct state new drop\ntcp dport 22 accept"), tcp(22),
     Filter::open, "rule 2"},
    {"NoWayBack", input("fib saddr . iif oif missing drop", "accept"), tcp(22), Filter::open, ""},
    {"OwnAddressType", input("fib daddr type local tcp dport 22 accept"), tcp(22), Filter::open,
     ""},
    {"Redirected",
     "table ip nat { chain p { type nat hook prerouting priority -100; tcp dport 80 redirect to "
     ":8080; }\n}",
     tcp(80), Filter::blocked, "rule 1 of ip nat p"},
    {"SentOnByAMap",
     "table ip nat { chain p { type nat hook prerouting priority -100; dnat ip to tcp dport map { "
     "82 : 192.0.2.1 . 8000 };\n}\n}",
     tcp(82), Filter::blocked, "rule 1 of ip nat p sends it elsewhere"},
    {"NotInTheMap",
     "table ip nat { chain p { type nat hook prerouting priority -100; dnat ip to tcp dport map { "
     "82 : 192.0.2.1 . 8000 };\n}\n}",
     tcp(22), Filter::open, ""},
    {"Concatenated", input("ip saddr . tcp dport { 192.0.2.1 . 22 } accept"), tcp(22),
     Filter::unknown, "rule 1"},
    {"LoggedAndCounted", input("tcp dport 22 counter log prefix \"x\" accept"), tcp(22),
     Filter::open, "rule 1"},
};
INSTANTIATE_TEST_SUITE_P(Rows, NftPassage, testing::ValuesIn(kPassages),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(NftPassageWidest, FamiliesThatDifferAreToldApart) {
  const Passage v4 = {Filter::blocked, "the policy of ip f i drops it"};
  const Passage v6 = {Filter::open, ""};
  const Passage both = widest(v4, v6);
  EXPECT_EQ(both.filter, Filter::open);
  EXPECT_EQ(both.because, "IPv4: the policy of ip f i drops it; IPv6: no rule stops it");
  EXPECT_EQ(widest(v4, v4).because, v4.because);
  EXPECT_EQ(widest({Filter::unknown, "a"}, {Filter::limited, "b"}).filter, Filter::unknown);
}

TEST(NftPublished, PortsWithoutASocketAreFoundThroughJumps) {
  const std::string why_not = with_rules(
      "table ip nat { chain DOCKER { iifname != docker0 tcp dport 8080 dnat to 172.17.0.2:80; "
      "ip daddr 192.0.2.7 udp dport 53 dnat to 172.17.0.3; }\n"
      "chain PREROUTING { type nat hook prerouting priority -100; fib daddr type local jump DOCKER;"
      " tcp dport 81 redirect to :8081; ip saddr 192.0.2.9 dnat to 172.17.0.9; }\n}",
      [](const Ruleset& rules) {
        const Publications found = published_ports(rules);
        ASSERT_THAT(found.ports, SizeIs(2));
        EXPECT_EQ(found.ports[0].protocol, Protocol::tcp);
        EXPECT_EQ(found.ports[0].ports, (PortRange{8080, 8080}));
        EXPECT_EQ(found.ports[0].local.text(), "0.0.0.0");
        EXPECT_EQ(found.ports[0].to_address, "172.17.0.2");
        EXPECT_EQ(found.ports[0].to_ports.first, 80);
        EXPECT_EQ(found.ports[0].rule, "rule 1 of ip nat DOCKER");
        EXPECT_EQ(found.ports[1].local.text(), "192.0.2.7");
        EXPECT_EQ(found.ports[1].to_ports.first, 0);
        EXPECT_THAT(found.notes, ElementsAre(HasSubstr("rule 3 of ip nat PREROUTING")));
      });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

TEST(NftPublished, BecomeEndpointsOfTheirOwnUnlessASocketHasThePort) {
  const std::string why_not = with_rules(
      "table ip nat { chain p { type nat hook prerouting priority -100; tcp dport 8080 dnat to "
      "172.17.0.2:80; tcp dport 8081 dnat to 172.17.0.3:81; }\n}\n"
      "table ip filter { chain f { type filter hook forward priority 0; policy drop; ip daddr "
      "172.17.0.2 tcp dport 80 accept; }\n}",
      [](const Ruleset& rules) {
        Snapshot snapshot;
        Endpoint proxy;
        proxy.local = make_address("0.0.0.0");
        proxy.port = 8081;
        proxy.live.ensure();
        // Its twin for IPv6, which rules for IPv4 do not concern.
        Endpoint proxy_v6 = proxy;
        proxy_v6.local = make_address("::");
        snapshot.endpoints = {proxy, proxy_v6};
        Firewalls firewalls;
        firewalls[""].rules = rules;
        apply_firewalls(firewalls, snapshot);
        ASSERT_THAT(snapshot.endpoints, SizeIs(3));
        EXPECT_EQ(snapshot.endpoints[0].live->forwards_to, "172.17.0.3:81");
        EXPECT_EQ(snapshot.endpoints[0].live->filter, Filter::blocked);
        EXPECT_EQ(snapshot.endpoints[1].live->forwards_to, "");
        const Endpoint& published = snapshot.endpoints[2];
        EXPECT_EQ(endpoint_text(published), "tcp 0.0.0.0:8080");
        EXPECT_EQ(published.live->forwards_to, "172.17.0.2:80");
        EXPECT_EQ(published.live->filter, Filter::open);
        EXPECT_THAT(snapshot.notes, IsEmpty());
      });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

/// What `look` does with the rules that iptables-nft sets, one call each.
template <class Look>
std::string with_iptables(const std::vector<std::string>& calls, Look look) {
  if (std::system("iptables-nft --version >/dev/null 2>&1") != 0) {
    return "iptables-nft is not installed (iptables)";
  }
  return run_in_own_network([&] {
    for (const std::string& call : calls) {
      ASSERT_EQ(std::system(("iptables-nft " + call).c_str()), 0) << call;
    }
    const FirewallRead read = read_firewall();
    ASSERT_EQ(read.failure, "");
    look(read.rules);
  });
}

TEST(Iptables, ItsOwnMatchesAndTargetsAreUnderstood) {
  const std::string why_not = with_iptables(
      {"-P INPUT DROP", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
       "-A INPUT -p tcp --dport 23 -j REJECT --reject-with tcp-reset",
       "-A INPUT -p tcp -m multiport --dports 80,443,1000:2000 -j ACCEPT",
       "-A INPUT -j LOG --log-prefix 'tcp dport 9 '",
       "-A INPUT -p tcp --dport 23 -m comment --comment 'for 24' -j ACCEPT",
       "-A INPUT -p tcp --dport 25 -m comment --comment 'mail' -j ACCEPT",
       "-A INPUT -p tcp --dport 26 -m recent --name x --set -j ACCEPT",
       "-A INPUT -m addrtype --dst-type LOCAL -p tcp --dport 27 -j ACCEPT",
       "-A INPUT -m state ! --state ESTABLISHED -p tcp --dport 28 -j ACCEPT"},
      [](const Ruleset& rules) {
        const std::map<std::uint16_t, Filter> expected = {
            {22, Filter::blocked}, {23, Filter::blocked}, {80, Filter::open},
            {443, Filter::open},   {1500, Filter::open},  {2001, Filter::blocked},
            {25, Filter::open},    {26, Filter::unknown}, {27, Filter::open},
            {28, Filter::open},    {9, Filter::blocked},  {24, Filter::blocked}};
        for (const auto& [port, filter] : expected) {
          const Passage found = passage(rules, tcp(port));
          EXPECT_EQ(found.filter, filter) << port << ": " << found.because;
        }
      });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

// As dockerd 20.10 of Debian 12 sets them for -p 8080:80 and -p 127.0.0.1:9090:90.
TEST(Iptables, PortsThatDockerPublishesAreFound) {
  const std::string why_not = with_iptables(
      {"-t nat -N DOCKER", "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
       "-t nat -A DOCKER -i docker0 -j RETURN",
       "-t nat -A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 9090 -j DNAT "
       "--to-destination 172.17.0.2:90",
       "-t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination "
       "172.17.0.2:80",
       "-t nat -A PREROUTING -p tcp --dport 8081 -j REDIRECT --to-ports 81"},
      [](const Ruleset& rules) {
        const Publications found = published_ports(rules);
        EXPECT_THAT(found.notes, IsEmpty());
        ASSERT_THAT(found.ports, SizeIs(2));
        EXPECT_EQ(found.ports[0].local.text(), "127.0.0.1");
        EXPECT_EQ(found.ports[1].ports.first, 8080);
        EXPECT_EQ(found.ports[1].to_address, "172.17.0.2");
        EXPECT_EQ(found.ports[1].to_ports.first, 80);
        EXPECT_EQ(found.ports[1].rule, "rule 3 of ip nat DOCKER");
      });
  if (!why_not.empty()) GTEST_SKIP() << why_not;
}

struct DamagedCase {
  const char* name;
  const char* json;
  bool read;
};
class DamagedRuleset : public testing::TestWithParam<DamagedCase> {};

TEST_P(DamagedRuleset, IsAnErrorOrIsReadAsFarAsItIsSound) {
  const auto rules = parse_ruleset(GetParam().json);
  EXPECT_EQ(static_cast<bool>(rules), GetParam().read);
  if (!rules) return;
  EXPECT_NE(passage(*rules, tcp(22)).filter, Filter::blocked);
}

const DamagedCase kDamaged[] = {
    {"NoJson", "table inet filter {", false},
    {"OtherJson", "[1, 2]", false},
    {"NoRules", R"({"nftables": []})", true},
    {"NoObjects", R"({"nftables": [1, null, {"rule": 3}, {"chain": []}, {"set": "x"}]})", true},
    {"RuleOfNoChain",
     R"({"nftables": [{"rule": {"family": "ip", "table": "t", "chain": "c", "expr": []}}]})", true},
    {"EndlessJumps",
     R"({"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c", "hook": "input"}},
     {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [{"jump": {"target": "c"}}]}},
     {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [{"jump": {"target": "c"}}]}},
     {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [{"drop": null}]}}]})",
     true},
    {"TargetOfIptablesThatNobodyKnows",
     R"({"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c", "hook": "input"}},
     {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": -1,
               "expr": [{"xt": {"type": "target", "name": "ODD"}}]}}]})",
     true},
    {"MatchOfIptables",
     R"({"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c", "hook": "input"}},
     {"rule": {"family": "ip", "table": "t", "chain": "c",
               "expr": [{"xt": null}, {"drop": null}]}}]})",
     true}};
INSTANTIATE_TEST_SUITE_P(Rows, DamagedRuleset, testing::ValuesIn(kDamaged),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace deadlight::linux_host
