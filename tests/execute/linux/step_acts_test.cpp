// Steps of plans as a made-up host carries them out.
#include "execute/linux/step_acts.h"

#include <gmock/gmock.h>

#include <map>

#include "execute/linux/made_up_root.h"
#include "execute/linux/scope_acts.h"

namespace deadlight::execute {
namespace {

using knowledge::ChangeKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MadeUpUnits : public UnitSource {
 public:
  UnitFacts& add(const std::string& id) {
    UnitFacts& unit = units_[id];
    unit.id = id;
    unit.names = {id};
    unit.there = true;
    unit.active = true;
    return unit;
  }
  /// The same, with the socket that starts it and that it needs.
  void add_with_socket(const std::string& name) {
    const std::string service = name + ".service";
    const std::string socket = name + ".socket";
    add(service).triggered_by = {socket};
    units_[service].pulled_in_by = {"multi-user.target"};
    add(socket).triggers = {service};
    units_[socket].stops_with_it = {service};
    units_[socket].pulled_in_by = {service, "sockets.target"};
  }

  Result<UnitFacts> facts(const std::string& unit) override {
    for (const auto& [id, facts] : units_) {
      if (std::find(facts.names.begin(), facts.names.end(), unit) != facts.names.end()) {
        return facts;
      }
    }
    UnitFacts none;
    none.id = unit;
    none.names = {unit};
    return none;
  }

 private:
  std::map<std::string, UnitFacts> units_;
};

std::string text_of(const Act& act) {
  switch (act.thing) {
    case Thing::unit:
      return act.target + " " + act.wanted.content;
    case Thing::sysctl:
      return act.target + " = " + act.wanted.content;
    case Thing::table:
      return "table " + act.target;
    case Thing::file:
      break;
  }
  if (act.wanted.form == Form::absent) return "no " + act.target;
  if (act.wanted.form == Form::folder) return act.target + "/";
  if (act.wanted.form == Form::link) return act.target + " -> " + act.wanted.content;
  return act.target + ": " + act.wanted.content;
}

PlannedChange unit_off(const std::string& unit, const std::string& type = "disabled") {
  PlannedChange change;
  change.kind = ChangeKind::unit;
  change.target = unit;
  change.type = type;
  return change;
}

class StepActsTest : public testing::Test {
 protected:
  StepActsTest() : root_(std::move(*Root::open(host_.path()))) { host_.folder("/etc"); }

  void enabled(const std::string& folder, const std::string& unit) const {
    host_.link("/etc/systemd/system/" + folder + "/" + unit, "/lib/systemd/system/" + unit);
  }

  Result<Translation> translated(const Step& step) {
    const HostView view{root_, units_, {"10.9.0.0/24"}, login_path_};
    return translate(step, view, knowledge::builtin());
  }

  Result<Translation> off(const std::vector<std::string>& units) {
    Step step;
    step.title = "Off";
    for (const std::string& unit : units) step.changes.push_back(unit_off(unit));
    return translated(step);
  }

  Result<Translation> closer(const std::string& id) {
    const knowledge::CloserFact* fact = knowledge::builtin().closer(id);
    Step step;
    step.title = id;
    step.closers = {id};
    if (fact != nullptr) {
      for (const knowledge::ChangeFact& change : fact->changes) {
        step.changes.push_back(planned(change));
      }
    }
    return translated(step);
  }

  static std::vector<std::string> acts(const Result<Translation>& result) {
    if (!result) return {"error: " + result.error().message};
    std::vector<std::string> texts;
    for (const Act& act : result->step.acts) texts.push_back(text_of(act));
    return texts;
  }

  static std::vector<std::string> settles(const Result<Translation>& result) {
    std::vector<std::string> texts;
    if (!result) return texts;
    for (const Settle& settle : result->step.settles) {
      texts.push_back(settle.kind == Settle::Kind::reload_manager ? "reload"
                                                                  : "restart " + settle.unit);
    }
    return texts;
  }

  static std::string error(const Result<Translation>& result) {
    return result ? "translated" : result.error().message;
  }

  test::MadeUpRoot host_;
  Root root_;
  MadeUpUnits units_;
  std::vector<std::string> login_path_;
};

using UnitActs = StepActsTest;
using ConfigActsTest = StepActsTest;
using ScopeActs = StepActsTest;

TEST_F(UnitActs, SocketGoesWithItsService) {
  units_.add_with_socket("rpcbind");
  enabled("multi-user.target.wants", "rpcbind.service");
  enabled("sockets.target.wants", "rpcbind.socket");
  const auto result = off({"rpcbind.service"});
  EXPECT_THAT(acts(result),
              ElementsAre("no /etc/systemd/system/multi-user.target.wants/rpcbind.service",
                          "no /etc/systemd/system/sockets.target.wants/rpcbind.socket",
                          "rpcbind.service inactive", "rpcbind.socket inactive",
                          "rpcbind.service inactive"));
  EXPECT_THAT(settles(result), ElementsAre("reload"));
}

TEST_F(UnitActs, ServiceGoesWithItsSocket) {
  units_.add_with_socket("rpcbind");
  enabled("multi-user.target.wants", "rpcbind.service");
  enabled("sockets.target.wants", "rpcbind.socket");
  const auto result = off({"rpcbind.socket"});
  EXPECT_THAT(acts(result),
              ElementsAre("no /etc/systemd/system/sockets.target.wants/rpcbind.socket",
                          "no /etc/systemd/system/multi-user.target.wants/rpcbind.service",
                          "rpcbind.service inactive", "rpcbind.socket inactive",
                          "rpcbind.service inactive"));
}

TEST_F(UnitActs, TimersAndPathsStopFirst) {
  units_.add("job.service").triggered_by = {"job.timer", "job.path"};
  units_.add("job.timer");
  units_.add("job.path").active = false;
  EXPECT_THAT(acts(off({"job.service"})),
              ElementsAre("job.timer inactive", "job.service inactive"));
}

// Exactly the links that enable it: not those of others, nor one that only looks like it.
TEST_F(UnitActs, EveryLinkThatEnablesItGoes) {
  UnitFacts& unit = units_.add("a.service");
  unit.names = {"a.service", "dbus-org.a.service", "b.service"};
  unit.pulled_in_by = {"multi-user.target", "graphical.target"};
  units_.add("graphical.target").names = {"graphical.target", "default.target"};
  units_.add("multi-user.target");
  enabled("multi-user.target.wants", "a.service");
  enabled("default.target.requires", "a.service");
  enabled("multi-user.target.wants", "aa.service");
  enabled("x.target.upholds", "b.service");
  host_.link("/etc/systemd/system/dbus-org.a.service", "/lib/systemd/system/a.service");
  host_.link("/etc/systemd/system/a.service", "/opt/a/a.service");
  host_.file("/etc/systemd/system/a.service.d/own.conf", "[Service]\n");
  EXPECT_THAT(acts(off({"a.service"})),
              ElementsAre("no /etc/systemd/system/multi-user.target.wants/a.service",
                          "no /etc/systemd/system/default.target.requires/a.service",
                          "no /etc/systemd/system/x.target.upholds/b.service",
                          "no /etc/systemd/system/dbus-org.a.service", "a.service inactive"));
}

TEST_F(UnitActs, UnitOfASysvScriptIsMasked) {
  units_.add("exim4.service").pulled_in_by = {"multi-user.target"};
  const auto result = off({"exim4.service"});
  EXPECT_THAT(acts(result), ElementsAre("exim4.service inactive",
                                        "/etc/systemd/system/exim4.service -> /dev/null"));
  EXPECT_THAT(settles(result), ElementsAre("reload"));
}

TEST_F(UnitActs, WhatDBusStartsByItsOwnNameIsMasked) {
  units_.add("pk.service");
  host_.file("/usr/share/dbus-1/system-services/org.pk.service",
             "[D-BUS Service]\nName=org.pk\nSystemdService=pk.service\n");
  EXPECT_THAT(acts(off({"pk.service"})),
              ElementsAre("pk.service inactive", "/etc/systemd/system/pk.service -> /dev/null"));
}

TEST_F(UnitActs, WhatNothingPullsInIsOnlyStopped) {
  units_.add("tool.service");
  EXPECT_THAT(acts(off({"tool.service"})), ElementsAre("tool.service inactive"));
}

TEST_F(UnitActs, ItsOwnFileInTheWayOfAMaskIsSaid) {
  units_.add("own.service").pulled_in_by = {"app.service"};
  host_.file("/etc/systemd/system/own.service", "[Service]\n");
  EXPECT_THAT(error(off({"own.service"})),
              HasSubstr("/etc/systemd/system/own.service: something starts this unit"));
}

TEST_F(UnitActs, MaskedOnRequest) {
  units_.add_with_socket("rpcbind");
  enabled("multi-user.target.wants", "rpcbind.service");
  const auto result = closer("lx_rpcbind_mask");
  EXPECT_THAT(acts(result), ElementsAre("rpcbind.service inactive", "rpcbind.socket inactive",
                                        "rpcbind.service inactive",
                                        "/etc/systemd/system/rpcbind.socket -> /dev/null",
                                        "/etc/systemd/system/rpcbind.service -> /dev/null"));
}

TEST_F(UnitActs, DependentsStopFirstFarthestFirst) {
  units_.add("db.service").stops_with_it = {"app.service", "idle.service"};
  units_.add("app.service").stops_with_it = {"web.service"};
  units_.add("web.service");
  units_.add("idle.service").active = false;
  EXPECT_THAT(acts(off({"db.service"})),
              ElementsAre("web.service inactive", "app.service inactive", "db.service inactive"));
}

TEST_F(UnitActs, WhatIsNotHereIsLeftOut) {
  units_.add("cups.service");
  const auto result = off({"cups.service", "cups.path"});
  EXPECT_THAT(acts(result), ElementsAre("cups.service inactive"));
  ASSERT_TRUE(result);
  EXPECT_THAT(result->left_out, ElementsAre("cups.path: this host has no such unit"));
  EXPECT_THAT(error(off({"none.service"})), HasSubstr("make the plan again"));
}

TEST_F(UnitActs, ProtectedUnitsAreRefused) {
  units_.add("dbus.service");
  units_.add("base.service").stops_with_it = {"middle.service"};
  units_.add("middle.service").stops_with_it = {"systemd-journald.service"};
  units_.add("systemd-journald.service");
  units_.add("other.service").names = {"other.service", "messagebus.service"};
  for (const char* unit : {"dbus.service", "base.service", "other.service"}) {
    const auto result = off({unit});
    ASSERT_FALSE(result) << unit;
    EXPECT_EQ(result.error().code, Errc::refused) << unit;
    EXPECT_THAT(result.error().message, HasSubstr("is never stopped: ")) << unit;
  }
}

TEST_F(UnitActs, WhatCannotComeBackOrIsNoneOfTheseIsRefused) {
  units_.add("run-u1.service").transient = true;
  EXPECT_THAT(error(off({"run-u1.service"})), HasSubstr("nothing could start it again"));
  units_.add("session-3.scope");
  EXPECT_THAT(error(off({"session-3.scope"})), HasSubstr("is no service, socket, path or timer"));
}

// Found half-way, it would keep its socket from coming back.
TEST_F(UnitActs, WhatSystemdStopsForNobodyIsRefused) {
  units_.add("stays.service").refuses_stop = true;
  EXPECT_THAT(error(off({"stays.service"})),
              HasSubstr("stays.service: systemd refuses to stop it"));
  units_.add("visit.socket").triggers = {"visit.service"};
  UnitFacts& visit = units_.add("visit.service");
  visit.active = false;
  visit.triggered_by = {"visit.socket"};
  visit.refuses_stop = true;
  EXPECT_THAT(error(off({"visit.socket"})), HasSubstr("visit.service: systemd refuses to stop it"));
  visit.triggered_by.clear();
  EXPECT_THAT(error(off({"visit.service"})), HasSubstr("it is done already"));
}

TEST_F(UnitActs, TheWayOfTheSessionIsRefused) {
  login_path_ = {"session-3.scope", "ssh.service"};
  units_.add("ssh.service");
  EXPECT_THAT(error(off({"ssh.service"})), HasSubstr("this session runs in it, or came by it"));
  login_path_.clear();
  EXPECT_THAT(acts(off({"ssh.service"})), ElementsAre("ssh.service inactive"));
}

TEST_F(UnitActs, ChangesForAPersonAreSaid) {
  Step step;
  step.title = "By hand";
  PlannedChange change;
  change.target = "virsh net-destroy default";
  step.changes = {change};
  const auto result = translated(step);
  EXPECT_THAT(acts(result), IsEmpty());
  ASSERT_TRUE(result);
  EXPECT_THAT(result->by_hand, ElementsAre("virsh net-destroy default"));
}

TEST_F(UnitActs, ChangesOfWindowsAreNoneHere) {
  Step step;
  PlannedChange change;
  change.kind = ChangeKind::registry;
  step.changes = {change};
  const auto result = translated(step);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::unsupported);
}

// A plan from a file says what is changed, never how: else it could run programs as root.
TEST_F(ConfigActsTest, AChangeThatTheClosersDoNotMakeIsRefused) {
  units_.add("ssh.service");
  Step step;
  step.title = "Forged";
  step.closers = {"lx_sshd_local"};
  PlannedChange change;
  change.kind = ChangeKind::dropin;
  change.target = "/etc/cron.d/own";
  change.data = "* * * * * root /bin/sh\n";
  step.changes = {change};
  const auto result = translated(step);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::not_found);
}

constexpr const char* kSshdFile =
    "/etc/ssh/sshd_config.d/60-deadlight.conf: "
    "# Written by Deadlight; 'deadlight rollback' takes it back.\n"
    "ListenAddress 127.0.0.1\nListenAddress ::1\n";

TEST_F(ConfigActsTest, SshdGetsAFileOfItsOwn) {
  units_.add("ssh.service").names = {"ssh.service", "sshd.service"};
  host_.file("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n");
  host_.folder("/etc/ssh/sshd_config.d");
  const auto result = closer("lx_sshd_local");
  EXPECT_THAT(acts(result), ElementsAre(kSshdFile));
  EXPECT_THAT(settles(result), ElementsAre("restart ssh.service"));
}

// ListenAddress adds to those that are there: they have to go.
TEST_F(ConfigActsTest, LinesThatAlreadySetItBecomeComments) {
  units_.add("ssh.service");
  host_.file("/etc/ssh/sshd_config",
             "Include /etc/ssh/sshd_config.d/*.conf\n#ListenAddress ::\nListenAddress 0.0.0.0\n");
  host_.file("/etc/ssh/sshd_config.d/10-own.conf", "listenaddress ::\nPort 22\n");
  EXPECT_THAT(
      acts(closer("lx_sshd_local")),
      ElementsAre("/etc/ssh/sshd_config: Include /etc/ssh/sshd_config.d/*.conf\n"
                  "#ListenAddress ::\n# ListenAddress 0.0.0.0\n",
                  "/etc/ssh/sshd_config.d/10-own.conf: # listenaddress ::\nPort 22\n", kSshdFile));
}

TEST_F(ConfigActsTest, WithoutTheIncludeTheOwnFileWouldBeIdle) {
  units_.add("ssh.service");
  host_.file("/etc/ssh/sshd_config", "# Include /etc/ssh/sshd_config.d/*.conf\n");
  EXPECT_THAT(error(closer("lx_sshd_local")),
              HasSubstr("/etc/ssh/sshd_config: does not make its daemon read "
                        "/etc/ssh/sshd_config.d/60-deadlight.conf"));
}

TEST_F(ConfigActsTest, EachClusterOfPostgresqlIsNarrowed) {
  for (const char* cluster : {"13/old", "15/main"}) {
    host_.file(std::string("/etc/postgresql/") + cluster + "/postgresql.conf",
               "listen_addresses = '*'\ninclude_dir = 'conf.d'\t# include\n");
    host_.folder(std::string("/etc/postgresql/") + cluster + "/conf.d");
  }
  units_.add("postgresql@15-main.service");
  units_.add("postgresql@13-old.service").active = false;
  const auto result = closer("lx_postgresql_local");
  EXPECT_THAT(acts(result),
              ElementsAre("/etc/postgresql/15/main/conf.d/zz-deadlight.conf: # Written by "
                          "Deadlight; 'deadlight rollback' takes it back.\n"
                          "listen_addresses = 'localhost'\n"));
  EXPECT_THAT(settles(result), ElementsAre("restart postgresql@15-main.service"));
}

TEST_F(ConfigActsTest, WhatAlterSystemSetWins) {
  host_.file("/etc/postgresql/15/main/postgresql.conf", "include_dir 'conf.d'\n");
  host_.file("/var/lib/postgresql/15/main/postgresql.auto.conf",
             "# Do not edit\nlisten_addresses = '*'\n");
  units_.add("postgresql@15-main.service");
  EXPECT_THAT(error(closer("lx_postgresql_local")),
              HasSubstr("/var/lib/postgresql/15/main/postgresql.auto.conf:2: sets the same and is "
                        "read last"));
}

TEST_F(ConfigActsTest, SocketUnitsAreNarrowedByADropInOfTheUnit) {
  units_.add_with_socket("rpcbind");
  const auto result = closer("lx_rpcbind_local");
  ASSERT_EQ(acts(result).size(), 2U) << error(result);
  EXPECT_EQ(acts(result)[0], "/etc/systemd/system/rpcbind.socket.d/");
  EXPECT_THAT(acts(result)[1], HasSubstr("\nListenStream=\n"));
  EXPECT_THAT(settles(result), ElementsAre("reload", "restart rpcbind.socket"));
}

TEST_F(ConfigActsTest, ALineIsReplacedOrAdded) {
  units_.add("redis-server.service");
  host_.file("/etc/redis/redis.conf", "# bind 0.0.0.0\nbind 0.0.0.0\nport 6379\n");
  EXPECT_THAT(acts(closer("lx_redis_local")),
              ElementsAre("/etc/redis/redis.conf: # bind 0.0.0.0\nbind 127.0.0.1 -::1\n"
                          "port 6379\n"));
  host_.file("/etc/redis/redis.conf", "port 6379");
  EXPECT_THAT(acts(closer("lx_redis_local")),
              ElementsAre("/etc/redis/redis.conf: port 6379\nbind 127.0.0.1 -::1\n"));
}

TEST_F(ConfigActsTest, RightsOfTheFileStay) {
  units_.add("redis-server.service");
  host_.file("/etc/redis/redis.conf", "bind 0.0.0.0\n");
  chmod(host_.at("/etc/redis/redis.conf").c_str(), 0640);
  const auto result = closer("lx_redis_local");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->step.acts.size(), 1U);
  EXPECT_EQ(result->step.acts[0].wanted.mode, 0640U);
}

TEST_F(ConfigActsTest, DaemonsThatDoNotRunAreLeftOut) {
  host_.file("/etc/redis/redis.conf", "bind 0.0.0.0\n");
  EXPECT_THAT(error(closer("lx_redis_local")),
              HasSubstr("this host has no redis-server.service or redis.service"));
}

TEST_F(ConfigActsTest, NginxListensOnLoopbackInEverySite) {
  units_.add("nginx.service");
  host_.file("/etc/nginx/nginx.conf", "http {\n\tinclude /etc/nginx/sites-enabled/*;\n}\n");
  host_.file("/etc/nginx/sites-available/default",
             "server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n"
             "\t# listen 443 ssl;\n}\nserver {\n\tlisten 192.0.2.7:8080;\n"
             "\tlisten unix:/run/x;\n\tlisten 127.0.0.1:81;\n}\n");
  host_.link("/etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default");
  const auto result = closer("lx_nginx_local");
  EXPECT_THAT(acts(result),
              ElementsAre("/etc/nginx/sites-available/default: server {\n"
                          "\tlisten 127.0.0.1:80 default_server;\n"
                          "\tlisten [::1]:80 default_server;\n\t# listen 443 ssl;\n}\nserver {\n"
                          "\tlisten 127.0.0.1:8080;\n\tlisten unix:/run/x;\n"
                          "\tlisten 127.0.0.1:81;\n}\n"));
  EXPECT_THAT(settles(result), ElementsAre("restart nginx.service"));
}

TEST_F(ConfigActsTest, NginxSaysWhatCannotBeDecided) {
  units_.add("nginx.service");
  host_.file("/etc/nginx/nginx.conf", "http {\n}\n");
  host_.file("/etc/nginx/conf.d/a.conf", "server {\n\tlisten web.example:80;\n}\n");
  EXPECT_THAT(error(closer("lx_nginx_local")),
              HasSubstr("/etc/nginx/conf.d/a.conf:2: 'listen web.example:80;' cannot be narrowed"));
  host_.file("/etc/nginx/conf.d/a.conf", "server {\n\troot /srv;\n}\n");
  EXPECT_THAT(error(closer("lx_nginx_local")),
              HasSubstr("/etc/nginx/conf.d/a.conf:1: this 'server' block says not where it"));
}

TEST_F(ConfigActsTest, PostfixLinesThatGoOnGoWithIt) {
  units_.add("postfix.service");
  host_.file("/etc/postfix/main.cf", "inet_interfaces = all,\n  localhost\nmynetworks = x\n");
  EXPECT_THAT(acts(closer("lx_postfix_local")),
              ElementsAre("/etc/postfix/main.cf: inet_interfaces = loopback-only\n#  localhost\n"
                          "mynetworks = x\n"));
}

TEST_F(ConfigActsTest, SysctlIsSetNowAndForEveryStart) {
  host_.folder("/etc/sysctl.d");
  EXPECT_THAT(acts(closer("lx_no_route_localnet")),
              ElementsAre("net.ipv4.conf.all.route_localnet = 0",
                          "/etc/sysctl.d/60-deadlight.conf: # Written by Deadlight; 'deadlight "
                          "rollback' takes it back.\nnet.ipv4.conf.all.route_localnet = 0\n"));
  host_.file("/etc/sysctl.d/99-own.conf", "net/ipv4/conf/all/route_localnet=1\n");
  EXPECT_THAT(error(closer("lx_no_route_localnet")),
              HasSubstr("/etc/sysctl.d/99-own.conf:1: sets net.ipv4.conf.all.route_localnet"));
}

TEST_F(ScopeActs, TableNowAndAtEveryStart) {
  host_.file("/usr/sbin/nft", "");
  Step step;
  step.title = "Limit";
  PlannedChange change;
  change.kind = ChangeKind::firewall;
  change.name = kScopeRule;
  change.target = "tcp 5432";
  change.data = "local-subnet";
  step.changes = {change};
  const auto result = translated(step);
  if (!result &&
      (result.error().code == Errc::denied || result.error().code == Errc::unsupported)) {
    GTEST_SKIP() << result.error().message;
  }
  const std::vector<std::string> texts = acts(result);
  ASSERT_EQ(texts.size(), 9U) << error(result);
  EXPECT_EQ(texts[0], "table inet deadlight");
  EXPECT_EQ(texts[1], "/etc/deadlight/");
  EXPECT_THAT(texts[2], HasSubstr("/etc/deadlight/firewall.nft: #!/usr/sbin/nft -f\n"));
  EXPECT_THAT(texts[2], HasSubstr("tcp dport 5432 ip saddr 10.9.0.0/24 return"));
  EXPECT_THAT(texts[3], HasSubstr("ExecStart=/usr/sbin/nft -f /etc/deadlight/firewall.nft"));
  EXPECT_THAT(texts[5], HasSubstr("60-deadlight.conf"));
  EXPECT_EQ(texts[7],
            "/etc/systemd/system/sysinit.target.wants/deadlight-firewall.service -> "
            "/etc/systemd/system/deadlight-firewall.service");
  EXPECT_EQ(texts[8], "deadlight-firewall.service active");
  EXPECT_THAT(settles(result), ElementsAre("reload"));
}

TEST_F(ScopeActs, RulesSayWhoStillReachesIt) {
  PlannedChange change;
  change.kind = ChangeKind::firewall;
  change.name = kScopeRule;
  change.target = "udp 161";
  change.data = "10.1.2.3, local-subnet, fd00::/8";
  EXPECT_EQ(scope_rules({change}, {"10.9.0.0/24"}).value_or(""),
            "table inet deadlight {\n\tchain input {\n"
            "\t\ttype filter hook input priority filter + 10; policy accept;\n"
            "\t\tiif \"lo\" return\n"
            "\t\tmeta l4proto udp ct state established,related return\n"
            "\t\tudp dport 161 ip saddr 10.1.2.3 return\n"
            "\t\tudp dport 161 ip saddr 10.9.0.0/24 return\n"
            "\t\tudp dport 161 ip6 saddr fd00::/8 return\n"
            "\t\tudp dport 161 drop comment \"deadlight: udp 161\"\n\t}\n}\n");
}

TEST(LoginPath, IsWhatTheAncestorsRunIn) {
  test::MadeUpRoot host;
  const std::string self = std::to_string(getpid());
  host.file("/proc/" + self + "/cgroup", "0::/user.slice/user-0.slice/session-3.scope\n");
  host.file("/proc/" + self + "/status", "Name:\tx\nPPid:\t70\n");
  host.file("/proc/70/cgroup", "1:name=systemd:/system.slice/ssh.service\n0::/\n");
  host.file("/proc/70/status", "Name:\tsshd\nPPid:\t1\n");
  host.file("/proc/1/cgroup", "0::/init.scope\n");
  const auto root = Root::open(host.path());
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_THAT(login_path(*root), ElementsAre("session-3.scope", "ssh.service"));
}

TEST(OwnNetworks, AreNetworks) {
  for (const std::string& network : own_networks()) {
    PlannedChange change;
    change.target = "tcp 1";
    change.data = network;
    EXPECT_TRUE(scope_rules({change}, {})) << network;
  }
}

}  // namespace
}  // namespace deadlight::execute
