// A Debian server that is to be a public web server, from its first listing to its last: what a
// user does, on a host that boots.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "host_state.h"
#include "started_guest.h"

namespace deadlight::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class PublicWebServer : public WithGuest {
 protected:
  void prepare(Guest& guest) override { ASSERT_TRUE(expose_daemons(guest)); }

  /// What `deadlight ARGUMENTS` prints as JSON.
  nlohmann::json said_by(const std::string& arguments) {
    const Said said = deadlight(arguments);
    auto json = nlohmann::json::parse(said.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << arguments << ": " << said.out << said.err;
    return json;
  }

  /// "tcp 22" to its units.
  static std::map<std::string, std::set<std::string>> units_by_port(const nlohmann::json& scan) {
    std::map<std::string, std::set<std::string>> units;
    for (const auto& endpoint : scan.at("endpoints")) {
      const std::string name = endpoint.at("protocol").get<std::string>() + " " +
                               std::to_string(endpoint.at("port").get<int>());
      const auto& unit = endpoint.at("unit");
      units[name].insert(unit.is_string() ? unit.get<std::string>() : "nobody");
    }
    return units;
  }

  /// TCP and UDP ports that can be reached from another host.
  std::set<std::string> open_ports() {
    std::set<std::string> ports;
    for (const std::string& listener : look_at(guest()).listeners) {
      if (listener.find(" 127.") != std::string::npos) continue;
      if (listener.find(" [::1]") != std::string::npos) continue;
      const std::size_t colon = listener.rfind(':');
      ports.insert(listener.substr(0, 3) +
                   listener.substr(colon, listener.find(' ', colon) - colon));
    }
    return ports;
  }
};

TEST_F(PublicWebServer, ScanNamesTheUnitOfEachPort) {
  const auto units = units_by_port(said_by("scan --json"));
  const std::pair<const char*, const char*> expected[] = {
      {"tcp 22", "ssh.service"},      {"tcp 80", "nginx.service"},
      {"tcp 25", "exim4.service"},    {"udp 5353", "avahi-daemon.service"},
      {"tcp 631", "cups.service"},    {"tcp 5432", "postgresql@15-main.service"},
      {"tcp 7777", "visit.socket"},   {"tcp 111", "rpcbind.service"},
      {"udp 111", "rpcbind.service"},
  };
  for (const auto& [port, unit] : expected)
    EXPECT_THAT(units, Contains(Pair(port, Contains(unit))));
  for (const auto& [port, names] : units) {
    EXPECT_THAT(names, testing::Not(Contains("nobody"))) << port;
  }
}

TEST_F(PublicWebServer, ScanSaysWhatASocketUnitStartsAndHowUnitsAreSetUp) {
  const nlohmann::json scan = said_by("scan --json");
  const auto row = [&scan](const char* list, const char* key, const nlohmann::json& value) {
    for (const auto& one : scan.at(list)) {
      if (one.at(key) == value) return one;
    }
    return nlohmann::json();
  };
  const nlohmann::json visit = row("endpoints", "port", 7777);
  EXPECT_EQ(visit.value("pid", 0), 1) << visit;
  EXPECT_EQ(visit.value("/live/activates"_json_pointer, ""), "visit.service") << visit;
  EXPECT_EQ(row("units", "name", "visit.socket"), R"({
    "name": "visit.socket", "active": "active", "enablement": "enabled", "preset": "enabled",
    "triggers": ["visit.service"], "triggered_by": [], "required_by": [],
    "drop_ins": ["/etc/systemd/system/visit.socket.d/50-few.conf"]})"_json);
  const nlohmann::json cups = row("units", "name", "cups.service");
  EXPECT_THAT(cups.value("triggered_by", nlohmann::json()),
              ElementsAre("cups.path", "cups.socket"));
  EXPECT_EQ(row("units", "name", "exim4.service").value("enablement", ""), "generated");
}

TEST_F(PublicWebServer, VerifyTellsThatTheFirewallTableIsGoneAndRollbackBringsAllBack) {
  const HostState start = look_at(guest());
  EXPECT_EQ(make_plan("22/tcp from 10.0.0.0/8").err, "");
  const Said applied = deadlight("apply /root/plan.json --yes");
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  guest().reboot();
  ASSERT_EQ(guest().problem(), "");
  EXPECT_THAT(look_at(guest()).rules, Contains("\t\ttcp dport 22 ip saddr 10.0.0.0/8 return"));
  const Said as_set = deadlight("verify");
  EXPECT_EQ(as_set.exit_code, 0) << as_set.out << as_set.err;

  guest().run("nft delete table inet deadlight");
  const Said verified = deadlight("verify");
  EXPECT_EQ(verified.exit_code, 1) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("Changed since, and not by this program:\n"
                                      "  nftables table inet deadlight\n"));
  EXPECT_THAT(said_by("verify --json").at("altered"), ElementsAre("nftables table inet deadlight"));

  const Said undone = deadlight("rollback --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.out << undone.err;
  EXPECT_THAT(differences(start, look_at(guest())), IsEmpty());
}

TEST_F(PublicWebServer, AfterApplyAndRebootOnlySshAndTheWebAnswerAndRollbackBringsAllBack) {
  const HostState start = look_at(guest());
  guest().reboot();
  ASSERT_EQ(guest().problem(), "");
  ASSERT_THAT(differences(start, look_at(guest())), IsEmpty()) << "a reboot alone changes the host";

  EXPECT_EQ(make_plan().err, "");
  const Said applied = deadlight("apply /root/plan.json --yes");
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  const std::set<std::string> kept = {"tcp:22", "tcp:80"};
  EXPECT_EQ(open_ports(), kept);
  EXPECT_EQ(deadlight("verify").exit_code, 0);

  guest().reboot();
  ASSERT_EQ(guest().problem(), "");
  EXPECT_EQ(open_ports(), kept);
  for (const char* command : {"verify", "verify /root/plan.json"}) {
    const Said verified = deadlight(command);
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }

  const Said undone = deadlight("rollback --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.out << undone.err;
  EXPECT_THAT(differences(start, look_at(guest())), IsEmpty());
  guest().reboot();
  ASSERT_EQ(guest().problem(), "");
  EXPECT_THAT(differences(start, look_at(guest())), IsEmpty());
}

}  // namespace
}  // namespace deadlight::test
