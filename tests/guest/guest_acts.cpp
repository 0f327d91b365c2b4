// Every closer for a live Linux host, carried out and undone in a booted guest. It changes the host
// that it runs on; closers_test.cpp starts it where that does no harm.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "base/text.h"
#include "execute/linux/act_host.h"
#include "execute/linux/file_thing.h"
#include "execute/linux/step_acts.h"

namespace deadlight::execute {
namespace {

using testing::IsEmpty;

std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(popen(command.c_str(), "re"));
  std::string output;
  char chunk[4096];
  while (pipe && std::fgets(chunk, sizeof chunk, pipe.get()) != nullptr) output += chunk;
  return output;
}

std::set<std::string> lines_of(const std::string& command) {
  std::set<std::string> lines;
  const std::string output = output_of(command);
  for (const std::string_view line : split(output, '\n')) {
    if (!trim(line).empty()) lines.emplace(trim(line));
  }
  return lines;
}

/// Protocol and local socket of everything that listens; dynamic ports of UDP clients left out.
std::set<std::string> listening() {
  return lines_of(
      "ss -Htuln | awk '$1 == \"tcp\" || $5 !~ /:[3-6][0-9][0-9][0-9][0-9]$/ {print $1, $5}'");
}

std::set<std::string> running_units() {
  return lines_of(
      "systemctl list-units --plain --no-legend --state=active,reloading,activating "
      "--type=service,socket,path,timer | awk '{print $1}'");
}

/// All of /etc: kind, rights, owner and content of each path.
std::map<std::string, std::string> tree_of_etc() {
  std::map<std::string, std::string> tree;
  const Result<Root> root = Root::open("/");
  for (const auto& entry : std::filesystem::recursive_directory_iterator("/etc")) {
    const std::string path = entry.path().string();
    const Result<State> state = file_state(*root, path);
    if (!state) continue;  // no file, link or folder
    tree[path] = std::to_string(static_cast<int>(state->form)) + " " + std::to_string(state->mode) +
                 " " + std::to_string(state->uid) + " " + std::to_string(state->gid) + " " +
                 state->content;
  }
  return tree;
}

std::vector<std::string> differences(const std::set<std::string>& before,
                                     const std::set<std::string>& after) {
  std::vector<std::string> names;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(names));
  return names;
}

std::vector<std::string> differences(const std::map<std::string, std::string>& before,
                                     const std::map<std::string, std::string>& after) {
  std::vector<std::string> paths;
  for (const auto& [path, state] : before) {
    if (!after.contains(path) || after.at(path) != state) paths.push_back(path);
  }
  for (const auto& [path, state] : after) {
    if (!before.contains(path)) paths.push_back(path);
  }
  return paths;
}

/// What an executor does with a step, without a journal.
class Carried {
 public:
  explicit Carried(ActHost& host) : host_(host) {}

  Result<> run(const StepActs& step) {
    step_ = step;
    for (const Act& act : step.acts) {
      const State before = DEADLIGHT_TRY(host_.state(act.thing, act.target));
      before_.push_back(before);
      DEADLIGHT_TRY(host_.set(act.thing, act.target, act.wanted));
      const State now = DEADLIGHT_TRY(host_.state(act.thing, act.target));
      EXPECT_TRUE(now == act.wanted) << act.target << " is " << now.content;
    }
    return settle();
  }

  Result<> undo() {
    for (std::size_t i = before_.size(); i-- > 0;) {
      DEADLIGHT_TRY(host_.set(step_.acts[i].thing, step_.acts[i].target, before_[i]));
    }
    return settle();
  }

 private:
  Result<> settle() {
    for (const Settle& one : step_.settles) DEADLIGHT_TRY(host_.settle(one));
    return {};
  }

  ActHost& host_;
  StepActs step_;
  std::vector<State> before_;
};

struct GuestCase {
  const char* name;
  const char* program;  ///< that has to be there
  const char* prepare;  ///< a shell command, so that there is something to close
  const char* remedy;   ///< a closer's id, or disable:UNIT
  const char* port;     ///< ":111": what its sockets end with
};

const GuestCase kCases[] = {
    {"RpcbindMasked", "/usr/sbin/rpcbind", "", "lx_rpcbind_mask", ":111"},
    {"RpcbindOff", "/usr/sbin/rpcbind", "", "disable:rpcbind.service", ":111"},
    {"RpcbindLocal", "/usr/sbin/rpcbind", "", "lx_rpcbind_local", ":111"},
    {"AvahiOff", "/usr/sbin/avahi-daemon", "", "lx_avahi_off", ":5353"},
    {"CupsOff", "/usr/sbin/cupsd", "", "lx_cups_off", ":631"},
    {"CupsLocal", "/usr/sbin/cupsd",
     "sed -i 's/^Listen localhost:631/Port 631/' /etc/cups/cupsd.conf; systemctl restart cups",
     "lx_cups_local", ":631"},
    {"EximOff", "/usr/sbin/exim4", "", "disable:exim4.service", ":25"},
    {"EximLocal", "/usr/sbin/exim4",
     "sed -i \"s/^dc_local_interfaces=.*/dc_local_interfaces=''/; "
     "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/\" "
     "/etc/exim4/update-exim4.conf.conf; systemctl restart exim4",
     "lx_exim4_local", ":25"},
    {"SshOff", "/usr/sbin/sshd", "", "disable:ssh.service", ":22"},
    {"SshLocal", "/usr/sbin/sshd", "", "lx_sshd_local", ":22"},
    {"SshLocalWhereItSaysAnAddress", "/usr/sbin/sshd",
     "printf 'ListenAddress 0.0.0.0\\nListenAddress ::\\n' >>/etc/ssh/sshd_config; "
     "systemctl restart ssh",
     "lx_sshd_local", ":22"},
    {"NginxOff", "/usr/sbin/nginx", "", "disable:nginx.service", ":80"},
    {"NginxLocal", "/usr/sbin/nginx", "", "lx_nginx_local", ":80"},
    {"PostgresqlOff", "/usr/bin/pg_ctlcluster", "", "disable:postgresql.service", ":5432"},
    {"PostgresqlClusterOff", "/usr/bin/pg_ctlcluster", "", "disable:postgresql@15-main.service",
     ":5432"},
    {"PostgresqlLocal", "/usr/bin/pg_ctlcluster",
     "sed -i \"s/^#listen_addresses = .*/listen_addresses = '*'/\" "
     "/etc/postgresql/15/main/postgresql.conf; systemctl restart postgresql",
     "lx_postgresql_local", ":5432"},
    {"RedisLocal", "/usr/bin/redis-server",
     "sed -i 's/^bind .*/bind * -::*/' /etc/redis/redis.conf; systemctl restart redis-server",
     "lx_redis_local", ":6379"},
    {"MariadbLocal", "/usr/sbin/mariadbd",
     "sed -i 's/^bind-address.*/bind-address = 0.0.0.0/' /etc/mysql/mariadb.conf.d/50-server.cnf; "
     "systemctl restart mariadb",
     "lx_mariadb_local", ":3306"},
    {"MemcachedLocal", "/usr/bin/memcached",
     "sed -i 's/^-l .*/-l 0.0.0.0/' /etc/memcached.conf; systemctl restart memcached",
     "lx_memcached_local", ":11211"},
    {"MosquittoLocal", "/usr/sbin/mosquitto",
     "printf 'listener 1883\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/a.conf; "
     "systemctl restart mosquitto",
     "lx_mosquitto_local", ":1883"},
    // A guest must not set the clock of its host, and chronyd wants to.
    {"ChronyWithoutPorts", "/usr/sbin/chronyd",
     "mkdir -p /etc/systemd/system/chrony.service.d; "
     "printf '[Unit]\\nConditionCapability=\\n' >/etc/systemd/system/chrony.service.d/guest.conf; "
     "sed -i 's/^DAEMON_OPTS=.*/DAEMON_OPTS=\"-x\"/' /etc/default/chrony; "
     "printf 'allow all\\n' >/etc/chrony/conf.d/a.conf; "
     "systemctl daemon-reload; systemctl restart chrony",
     "lx_chrony_ports", ":123"},
    {"SnmpdLocal", "/usr/sbin/snmpd",
     "sed -i 's/^agentaddress .*/agentaddress udp:161,udp6:161/' /etc/snmp/snmpd.conf; "
     "systemctl restart snmpd",
     "lx_snmpd_local", ":161"},
    // These take the place of Exim and of a resolver.
    {"PostfixLocal", "/usr/sbin/postfix",
     "apt-get -q -y --no-download --no-install-recommends install postfix", "lx_postfix_local",
     ":25"},
    {"ResolvedWithoutLinkLocal", "/lib/systemd/systemd-resolved",
     "apt-get -q -y --no-download --no-install-recommends install systemd-resolved",
     "lx_resolved_llmnr_off", ":5355"},
};

Step step_of(const std::string& remedy, const knowledge::Knowledge& kb) {
  Step step;
  step.title = remedy;
  step.closers = {remedy};
  if (const knowledge::CloserFact* closer = kb.closer(remedy)) {
    for (const knowledge::ChangeFact& change : closer->changes) {
      step.changes.push_back(planned(change));
    }
    return step;
  }
  PlannedChange off;
  off.kind = knowledge::ChangeKind::unit;
  off.target = remedy.substr(remedy.find(':') + 1);
  off.type = "disabled";
  step.changes.push_back(off);
  return step;
}

std::vector<std::string> reachable(const std::set<std::string>& sockets, const std::string& port) {
  std::vector<std::string> others;
  for (const std::string& socket : sockets) {
    if (!socket.ends_with(port)) continue;
    const bool loopback =
        socket.find(" 127.") != std::string::npos || socket.find(" [::1]") != std::string::npos;
    if (!loopback) others.push_back(socket);
  }
  return others;
}

bool holds(const std::set<std::string>& sockets, const std::string& port) {
  return std::any_of(sockets.begin(), sockets.end(),
                     [&port](const std::string& socket) { return socket.ends_with(port); });
}

template <class Condition>
void wait_until(Condition condition) {
  for (int tries = 0; tries < 50 && !condition(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

// What comes and goes by itself: a daemon that ends when it is idle, a timer's service.
std::set<std::string> without_passing(std::set<std::string> units) {
  for (const char* name : {"apt-daily.service", "e2scrub_reap.service", "man-db.service"}) {
    units.erase(name);
  }
  return units;
}

// Carries a remedy out and undoes it; looks at sockets, units and /etc before, between and after.
void close_and_come_back(const GuestCase& row) {
  const knowledge::Knowledge& kb = knowledge::builtin();
  const auto root = Root::open("/");
  ASSERT_TRUE(root) << root.error().message;
  LiveUnits units;
  const HostView view{*root, units, own_networks(), {}};
  auto host = live_host("/", unit_checks(kb));
  ASSERT_TRUE(host) << host.error().message;
  const auto etc_before = tree_of_etc();
  const auto units_before = without_passing(running_units());
  const auto sockets_before = listening();

  // Something to close, where it is more than this host that reaches it.
  const knowledge::CloserFact* closer = kb.closer(row.remedy);
  const bool narrows = closer != nullptr && closer->effect == knowledge::Effect::narrow;
  ASSERT_TRUE(holds(sockets_before, row.port));
  ASSERT_TRUE(!narrows || !reachable(sockets_before, row.port).empty());

  const auto step = translate(step_of(row.remedy, kb), view, kb);
  ASSERT_TRUE(step) << step.error().message;
  EXPECT_THAT(step->by_hand, IsEmpty());
  EXPECT_THAT(step->step.acts, testing::Not(IsEmpty()));
  Carried carried(**host);
  const auto done = carried.run(step->step);
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_THAT(reachable(listening(), row.port), IsEmpty());
  // A daemon of a SysV script may come up a moment after its job is done.
  wait_until([&] { return holds(listening(), row.port) == narrows; });
  EXPECT_EQ(holds(listening(), row.port), narrows) << "on loopback";

  const auto undone = carried.undo();
  EXPECT_TRUE(undone) << undone.error().message;
  EXPECT_THAT(differences(etc_before, tree_of_etc()), IsEmpty());
  EXPECT_THAT(differences(units_before, without_passing(running_units())), IsEmpty());
  wait_until([&] { return listening() == sockets_before; });
  EXPECT_THAT(differences(sockets_before, listening()), IsEmpty());
}

class GuestActs : public testing::Test {
 protected:
  void SetUp() override {
    // systemd says there what it runs in.
    ASSERT_TRUE(std::filesystem::exists("/run/systemd/container"))
        << "it changes the host: run it in a booted container";
  }
};

TEST_F(GuestActs, EveryCloserIsCarriedOutAndUndone) {
  for (const GuestCase& row : kCases) {
    SCOPED_TRACE(row.name);
    std::printf("%s\n", row.name);  // the last one is where it took too long
    std::fflush(stdout);
    if (*row.prepare != '\0') {
      output_of(std::string("export DEBIAN_FRONTEND=noninteractive; ") + row.prepare + " 2>&1");
    }
    ASSERT_TRUE(std::filesystem::exists(row.program)) << row.program << " is not installed";
    wait_until([&row] { return holds(listening(), row.port); });
    close_and_come_back(row);
  }
}

PlannedChange scope(const std::string& target, const std::string& networks) {
  PlannedChange change;
  change.kind = knowledge::ChangeKind::firewall;
  change.target = target;
  change.name = kScopeRule;
  change.data = networks;
  return change;
}

TEST_F(GuestActs, ScopeIsSetAndUndone) {
  const knowledge::Knowledge& kb = knowledge::builtin();
  const auto root = Root::open("/");
  ASSERT_TRUE(root) << root.error().message;
  LiveUnits units;
  const HostView view{*root, units, own_networks(), {}};
  auto host = live_host("/", {});
  ASSERT_TRUE(host) << host.error().message;
  const auto etc_before = tree_of_etc();
  Step step;
  step.title = "Limit";
  step.changes = {scope("tcp 22", "10.0.0.0/8"), scope("udp 111", "")};
  const auto translation = translate(step, view, kb);
  ASSERT_TRUE(translation) << translation.error().message;
  Carried carried(**host);
  const auto done = carried.run(translation->step);
  EXPECT_TRUE(done) << done.error().message;
  const std::string table = output_of("nft list table inet deadlight");
  EXPECT_THAT(table, testing::HasSubstr("tcp dport 22 ip saddr 10.0.0.0/8 return"));
  // Debian's nftables.service begins with "flush ruleset": the table has to be there again.
  for (const char* verb : {"start", "restart", "reload"}) {
    output_of(std::string("systemctl ") + verb + " nftables");
    EXPECT_EQ(output_of("nft list table inet deadlight"), table) << verb;
  }
  const auto undone = carried.undo();
  EXPECT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(output_of("nft list tables | grep deadlight"), "");
  EXPECT_THAT(differences(etc_before, tree_of_etc()), IsEmpty());
  EXPECT_EQ(output_of("systemctl is-active deadlight-firewall"), "inactive\n");
  output_of("systemctl stop nftables");
}

TEST_F(GuestActs, FailuresSayWhatSystemdSays) {
  const auto write_unit = [](const std::string& name, const std::string& service) {
    output_of("printf '" + service + "' >/run/systemd/system/" + name);
  };
  write_unit("dl-stays.service", "[Unit]\nRefuseManualStop=yes\n[Service]\nExecStart=sleep 1h\n");
  write_unit("dl-fails.service", "[Service]\nType=oneshot\nExecStart=false\n");
  output_of("systemctl daemon-reload; systemctl start dl-stays");
  auto host = live_host("/", {{"dl-checked.service", "/bin/false"}});
  ASSERT_TRUE(host) << host.error().message;
  const auto stays =
      (*host)->set(Thing::unit, "dl-stays.service", {Form::value, "inactive", 0, 0, 0});
  ASSERT_FALSE(stays);
  EXPECT_EQ(stays.error().code, Errc::refused);
  EXPECT_THAT(stays.error().message, testing::HasSubstr("dl-stays.service: Operation refused"));
  const auto fails =
      (*host)->set(Thing::unit, "dl-fails.service", {Form::value, "active", 0, 0, 0});
  ASSERT_FALSE(fails);
  EXPECT_THAT(fails.error().message,
              testing::HasSubstr("failed because the control process exited with error code"));
  const auto none = (*host)->set(Thing::unit, "dl-none.service", {Form::value, "active", 0, 0, 0});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, testing::HasSubstr("dl-none.service not found"));
  EXPECT_TRUE((*host)->settle({Settle::Kind::restart_unit, "dl-none.service"}));

  // A failing check leaves the daemon as it is.
  write_unit("dl-checked.service", "[Service]\nExecStart=sleep 1h\n");
  output_of("systemctl daemon-reload; systemctl start dl-checked");
  const std::string pid = output_of("systemctl show -P MainPID dl-checked");
  const auto checked = (*host)->settle({Settle::Kind::restart_unit, "dl-checked.service"});
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message,
              testing::HasSubstr("not restarted, its configuration fails"));
  EXPECT_EQ(output_of("systemctl show -P MainPID dl-checked"), pid);
  output_of(
      "systemctl stop dl-checked; systemctl kill -s KILL dl-stays; "
      "rm /run/systemd/system/dl-*; systemctl daemon-reload; systemctl reset-failed");
}

// As root the manager answers on a socket of its own.
TEST_F(GuestActs, UnitsCanBeChangedWithoutAMessageBus) {
  output_of("systemctl stop dbus.socket dbus.service");
  auto host = live_host("/", {});
  ASSERT_TRUE(host) << host.error().message;
  const auto cron = (*host)->state(Thing::unit, "cron.service");
  const auto stopped =
      (*host)->set(Thing::unit, "cron.service", {Form::value, "inactive", 0, 0, 0});
  const auto started = (*host)->set(Thing::unit, "cron.service", {Form::value, "active", 0, 0, 0});
  output_of("systemctl start dbus.socket dbus.service");
  ASSERT_TRUE(cron) << cron.error().message;
  EXPECT_EQ(cron->content, "active");
  EXPECT_TRUE(stopped) << stopped.error().message;
  EXPECT_TRUE(started) << started.error().message;
}

}  // namespace
}  // namespace deadlight::execute
