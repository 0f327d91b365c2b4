#include "execute/sample_run.h"

#include "base/assert.h"
#include "execute/fake_file.h"

namespace deadlight::execute::test {
namespace {

const std::string kUnits = "/etc/systemd/system";

PlannedStep narrow_step() {
  PlannedStep step;
  step.what.title = "Narrow app to loopback";
  step.what.acts = {
      {Thing::file, kUnits + "/app.service.d", folder_state()},
      {Thing::file, kUnits + "/app.service.d/deadlight.conf", file_state("127.0.0.1")}};
  step.what.settles = {{Settle::Kind::reload_manager, ""},
                       {Settle::Kind::restart_unit, "app.service"}};
  step.closes = {"tcp 0.0.0.0:8080"};
  return step;
}

PlannedStep stop_step() {
  PlannedStep step;
  step.what.title = "Disable rpcbind";
  step.what.acts = {{Thing::unit, "rpcbind.socket", inactive()},
                    {Thing::unit, "rpcbind.service", inactive()},
                    {Thing::unit, "nfs.service", inactive()},
                    {Thing::file, kUnits + "/rpcbind.service", link_state("/dev/null")},
                    {Thing::file, kUnits + "/sockets.target.wants/rpcbind.socket", {}}};
  step.what.settles = {{Settle::Kind::reload_manager, ""}};
  step.closes = {"tcp 0.0.0.0:111", "udp 0.0.0.0:111"};
  return step;
}

PlannedStep values_step() {
  PlannedStep step;
  step.what.title = "Scope the rest";
  step.what.acts = {{Thing::sysctl, "net.ipv4.ip_forward", value_state("0")},
                    {Thing::sysctl, "net.ipv4.tcp_syncookies", value_state("1")},
                    {Thing::table, "inet deadlight", value_state("drop")},
                    {Thing::file, "/etc/app.service/main.conf", file_state("listen no\n")}};
  step.what.settles = {{Settle::Kind::reload_unit, "app.service"}};
  step.reboot = true;
  return step;
}

}  // namespace

void set_up(FakeHost& host) {
  host.put(Thing::file, "/etc/systemd", folder_state());
  host.put(Thing::file, kUnits, folder_state());
  host.put(Thing::file, kUnits + "/sockets.target.wants", folder_state());
  host.put(Thing::file, kUnits + "/sockets.target.wants/rpcbind.socket",
           link_state("/lib/systemd/system/rpcbind.socket"));
  host.put(Thing::file, "/etc/app.service", folder_state());
  host.put(Thing::file, "/etc/app.service/main.conf", file_state("listen all\n"));
  host.put(Thing::sysctl, "net.ipv4.ip_forward", value_state("1"));
  host.put(Thing::sysctl, "net.ipv4.tcp_syncookies", value_state("1"));
  host.reload();
  for (const char* unit : {"app.service", "rpcbind.service", "nfs.service", "rpcbind.socket"}) {
    host.run(unit);
  }
  host.stops_too["rpcbind.service"] = {"nfs.service"};
}

std::vector<PlannedStep> sample_steps() { return {narrow_step(), stop_step(), values_step()}; }

RunInfo sample_info() {
  RunInfo info;
  info.host = "gargan";
  info.role = "public-web-server";
  info.plan = "{}\n";
  info.uid = 1000;
  info.tty = "/dev/pts/0";
  info.kept = {"tcp 0.0.0.0:80"};
  return info;
}

std::vector<HostState> boundaries_of(const std::vector<PlannedStep>& steps,
                                     void (*prepare)(FakeHost&)) {
  Fuse fuse;
  FakeHost host(fuse);
  prepare(host);
  std::vector<HostState> states = {host.now};
  for (const PlannedStep& step : steps) {
    Disk disk;
    Journal journal = open_on(disk, fuse);
    const auto report = Executor(host, journal, {}).carry_out(sample_info(), {step});
    DEADLIGHT_ASSERT(report && report->clean());
    states.push_back(host.now);
  }
  return states;
}

}  // namespace deadlight::execute::test
