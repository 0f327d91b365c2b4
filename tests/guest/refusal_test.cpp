// What a booted host refuses, and what keeps apply from its work: nothing may be half done by it.
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "host_state.h"
#include "started_guest.h"

namespace deadlight::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kApply = "apply /root/plan.json --yes";

class Refused : public WithGuest {
 protected:
  void prepare(Guest& guest) override { ASSERT_TRUE(expose_daemons(guest)); }

  /// Makes a service that runs, and waits for it to listen on port 7001.
  void start_unit(const std::string& name, const std::string& text) {
    guest().write("/etc/systemd/system/" + name + ".service", text);
    const Said said = guest().run("systemctl daemon-reload && systemctl start " + name +
                                  " && until ss -Htln | grep -q :7001; do sleep 0.05; done");
    EXPECT_EQ(said.exit_code, 0) << said.err;
  }
  /// What a plan that failed has to leave: the host as it was.
  void expect_as(const HostState& before, const Said& said) {
    EXPECT_THAT(differences(before, look_at(guest())), IsEmpty()) << said.out << said.err;
  }
};

TEST_F(Refused, WithoutRootOrJournalOrAlone) {
  make_plan();
  const HostState start = look_at(guest());

  const Said nobody = guest().run(
      "cp /root/plan.json /tmp/plan.json; chmod 644 /tmp/plan.json; "
      "setpriv --reuid=65534 --regid=65534 --clear-groups deadlight apply /tmp/plan.json --yes");
  EXPECT_EQ(nobody.exit_code, 3);
  EXPECT_THAT(nobody.err, HasSubstr("run it as root"));
  EXPECT_THAT(nobody.err, HasSubstr("nothing was changed"));
  expect_as(start, nobody);

  guest().run("mount --bind /var /var && mount -o remount,bind,ro /var");
  const Said read_only = deadlight(kApply);
  guest().run("umount /var");
  EXPECT_EQ(read_only.exit_code, 3);
  EXPECT_THAT(read_only.err, HasSubstr("/var/lib/deadlight"));
  expect_as(start, read_only);

  // The first one is held in the middle of its run, as long as the second one asks.
  Running first = guest().start(std::string("deadlight ") + kApply);
  while (!first.ended() && !std::filesystem::exists(guest().root() / "var/lib/deadlight/journal")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  first.signal(SIGSTOP);
  const Said second = deadlight(kApply);
  first.signal(SIGCONT);
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.err, HasSubstr("is changing this host; wait until it has ended"));
  const Said done = first.wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const Said undone = deadlight("rollback --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  expect_as(start, undone);
}

// A tmpfs takes the place of the disk: at first it holds nothing, then a part of the run.
TEST_F(Refused, AFullDiskEndsTheRunBetweenTwoSteps) {
  const Said plan = make_plan();
  const HostState start = look_at(guest());
  const auto with_room = [this](int kilobytes) {
    guest().run("mkdir -p /var/lib/deadlight; mount -t tmpfs -o mode=0700,size=" +
                std::to_string(kilobytes) + "k tmpfs /var/lib/deadlight");
    const Said said = deadlight(kApply);
    EXPECT_EQ(said.exit_code, 3) << said.err;
    EXPECT_THAT(said.err, HasSubstr("No space left on device"));
    return said;
  };
  expect_as(start, with_room(8));
  guest().run("umount /var/lib/deadlight");

  // The run begins with the plan; a few kilobytes more hold its first records.
  const auto plan_bytes = std::filesystem::file_size(guest().root() / "root/plan.json");
  const Said said = with_room(static_cast<int>(plan_bytes / 1024) + 12);
  EXPECT_THAT(said.err, HasSubstr("step 1: "));
  guest().run("mount -o remount,size=16m /var/lib/deadlight");
  const Said undone = deadlight("rollback --all --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  expect_as(start, undone);
}

TEST_F(Refused, AnUnconfirmedRunTakesItselfBackInTimeAndAfterAPowerCut) {
  make_plan();
  const HostState start = look_at(guest());
  const Said applied = deadlight(std::string(kApply) + " --confirm-within 10s");
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_THAT(applied.err, HasSubstr("6 of 6 steps done"));
  // The last thing that the revert does is to remove itself.
  const auto expect_taken_back = [this] {
    const Said waited = guest().run(
        "while test -e /etc/systemd/system/deadlight-revert.timer ||"
        " systemctl is-active deadlight-revert.service | grep -q ^activ; do sleep 0.1; done");
    EXPECT_EQ(waited.exit_code, 0) << guest().run("systemctl status deadlight-revert*").out;
    const std::string runs = deadlight("rollback --list").out;
    EXPECT_THAT(runs, Not(HasSubstr("stands"))) << runs;
    EXPECT_THAT(runs, Not(HasSubstr("waits"))) << runs;
  };
  expect_taken_back();
  expect_as(start, applied);

  const Said again = deadlight(std::string(kApply) + " --confirm-within 10s");
  guest().cut_power();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  std::this_thread::sleep_for(std::chrono::seconds(10));
  guest().boot();
  ASSERT_EQ(guest().problem(), "");
  expect_taken_back();
  expect_as(start, again);
}

TEST_F(Refused, AUnitThatRefusesToStopIsNamedBeforeAnythingIsChanged) {
  start_unit("stays",
             "[Unit]\nRefuseManualStop=yes\n[Service]\n"
             "ExecStart=systemd-socket-activate -l 7001 cat\n");
  make_plan();
  const HostState start = look_at(guest());
  const Said refused = deadlight(kApply);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("stays.service: systemd refuses to stop it"));
  expect_as(start, refused);
}

// ExecStop fails, SIGTERM is ignored, and systemd gives up without SIGKILL: the process keeps its
// port, and the unit cannot start beside it.
TEST_F(Refused, AUnitWhoseProcessStaysIsNamedAndTheRestCanBeTakenBack) {
  start_unit("stays",
             "[Service]\nExecStart=sh -c 'trap \"\" TERM; exec systemd-socket-activate -l 7001 "
             "cat'\nExecStop=false\nTimeoutStopSec=1\nSendSIGKILL=no\n");
  make_plan();
  const HostState start = look_at(guest());
  const Said applied = deadlight(kApply);
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_THAT(applied.err, HasSubstr(":7001 is still open"));
  const Said stuck = deadlight("rollback --yes");
  EXPECT_EQ(stuck.exit_code, 3);
  EXPECT_THAT(stuck.err, HasSubstr("(Disable stays.service) was interrupted"));
  EXPECT_THAT(stuck.err, HasSubstr("stays.service: its job to start failed"));
  EXPECT_THAT(stuck.err, HasSubstr("deadlight rollback --force"));
  const Said forced = deadlight("rollback --force --yes");
  EXPECT_THAT(forced.err, HasSubstr("stays.service: its job to start failed"));
  guest().run("systemctl kill --signal=KILL stays; systemctl start stays");
  expect_as(start, forced);
  // Mended, what was left is undone as well.
  EXPECT_EQ(deadlight("rollback --yes").exit_code, 0);
  EXPECT_EQ(deadlight("rollback --yes").err, "there is nothing to take back\n");
}

// systemd ends the service itself alone, and a child of it has the port.
TEST_F(Refused, APortThatOutlivesTheStopOfItsUnitIsNamedAndTheUnitRunsAgain) {
  start_unit("stays",
             "[Service]\nKillMode=process\n"
             "ExecStart=sh -c 'systemd-socket-activate -l 7001 cat & exec sleep infinity'\n");
  make_plan();
  const HostState start = look_at(guest());
  const Said applied = deadlight(kApply);
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_THAT(applied.err, HasSubstr("(Disable stays.service): tcp [::]:7001 is still open"));
  EXPECT_THAT(deadlight("rollback --list").out, HasSubstr("Disable stays.service: undone"));
  EXPECT_EQ(deadlight("rollback --yes").exit_code, 0);
  expect_as(start, applied);
}

// Nothing ends the process, and another one beside it finds its port taken: the unit cannot be as
// it was, and that is said.
TEST_F(Refused, AUnitThatFailsBesideItsOwnProcessIsNotCalledUndone) {
  start_unit(
      "stays",
      "[Service]\nType=exec\nKillMode=none\nExecStart=systemd-socket-activate -l 7001 cat\n");
  make_plan();
  const HostState start = look_at(guest());
  const Said applied = deadlight(kApply);
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_THAT(applied.err, HasSubstr("(Disable stays.service): tcp [::]:7001 is still open"));
  EXPECT_THAT(applied.err, HasSubstr("stays.service: its job to start failed"));
  guest().run("systemctl kill --signal=KILL stays");
  // Mended, the next start puts it right, and the rest is undone as well.
  const Said undone = deadlight("rollback --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  expect_as(start, undone);
}

TEST_F(Refused, WithoutAMessageBusAllIsDoneAndUndone) {
  guest().run("systemctl stop dbus.socket dbus.service");
  make_plan();
  const HostState start = look_at(guest());
  const Said applied = deadlight(kApply);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_EQ(deadlight("verify").exit_code, 0);
  const Said undone = deadlight("rollback --yes");
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  expect_as(start, undone);
}

}  // namespace
}  // namespace deadlight::test
