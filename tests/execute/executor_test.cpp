#include "execute/executor.h"

#include <gmock/gmock.h>

#include "execute/fake_file.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ExecutorTest : public testing::Test {
 protected:
  ExecutorTest() { set_up(host_); }

  RunReport carry_out(const std::vector<PlannedStep>& steps) {
    const auto report = executor().carry_out(sample_info(), steps);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : RunReport{};
  }
  Executor executor() { return {host_, journal_, watch_}; }
  const RunLog& run(std::uint32_t number) { return *journal_.history().run(number); }
  /// Another process: what the journal's bytes say.
  void reopen() { journal_ = open_on(disk_, fuse_); }

  Fuse fuse_;
  Disk disk_;
  FakeHost host_{fuse_};
  Journal journal_ = open_on(disk_, fuse_);
  Watch watch_;
};

TEST_F(ExecutorTest, CarriesOutAllStepsAndRecordsThem) {
  std::vector<std::string> said;
  watch_.on_step = [&said](Moment moment, const StepBegun& step) {
    said.push_back((moment == Moment::begun ? "begun " : "done ") + std::to_string(step.step));
  };
  watch_.boot_id = "b1";
  const RunReport report = carry_out(sample_steps());
  EXPECT_TRUE(report.clean()) << report.failure;
  EXPECT_THAT(report.steps, SizeIs(3));
  EXPECT_THAT(said, ElementsAre("begun 1", "done 1", "begun 2", "done 2", "begun 3", "done 3"));
  EXPECT_EQ(host_.now.runs_with["app.service"],
            "/etc/systemd/system/app.service.d=\n"
            "/etc/systemd/system/app.service.d/deadlight.conf=127.0.0.1\n"
            "/etc/app.service/main.conf=listen no\n\n");
  reopen();
  const RunLog& log = run(1);
  EXPECT_EQ(log.begun.info.host, "gargan");
  EXPECT_EQ(log.begun.info.tty, "/dev/pts/0");
  EXPECT_TRUE(log.done && log.done->failure.empty());
  EXPECT_EQ(log.steps[1].begun.before[0], active());
  EXPECT_EQ(log.steps[1].acts[0].after, inactive());
  EXPECT_EQ(log.steps[0].begun.before[1], State{});
}

// The rule of the whole module, seen from the host: at each set, the disk already holds the intent
// with the state that the thing has now.
TEST_F(ExecutorTest, NothingIsSetBeforeWhatWasThereIsOnDisk) {
  int sets = 0;
  host_.before_set = [&](Thing thing, const std::string& target) {
    ++sets;
    const auto durable = read_journal(disk_.bytes.substr(0, disk_.synced), "j");
    ASSERT_TRUE(durable) << durable.error().message;
    const StepBegun& step = durable->history.runs().back().steps.back().begun;
    bool found = false;
    for (std::size_t i = 0; i < step.before.size(); ++i) {
      const Act& act = step.planned.what.acts[i];
      if (act.thing != thing || act.target != target) continue;
      const auto now = host_.now.things.find({thing, target});
      found = step.before[i] == (now == host_.now.things.end() ? State{} : now->second);
    }
    EXPECT_TRUE(found) << target;
  };
  EXPECT_TRUE(carry_out(sample_steps()).clean());
  EXPECT_EQ(sets, 9);
}

TEST_F(ExecutorTest, WhatIsSoAlreadyIsNotSetAndNotUndone) {
  PlannedStep step;
  step.what.acts = {{Thing::sysctl, "net.ipv4.tcp_syncookies", value_state("1")}};
  EXPECT_TRUE(carry_out({step}).clean());
  EXPECT_EQ(host_.sets, 0);
  EXPECT_EQ(run(1).steps[0].acts[0].after, run(1).steps[0].begun.before[0]);
  host_.put(Thing::sysctl, "net.ipv4.tcp_syncookies", value_state("2"));
  ASSERT_TRUE(executor().rollback({{1, {}}}, true));
  EXPECT_EQ(host_.now.things.at({Thing::sysctl, "net.ipv4.tcp_syncookies"}), value_state("2"));
}

// nfs.service stops with rpcbind.service, before its own turn: it ran, so it runs again.
TEST_F(ExecutorTest, WhatAnEarlierActStoppedIsRestoredToo) {
  const HostState start = host_.now;
  EXPECT_TRUE(carry_out(sample_steps()).clean());
  ASSERT_FALSE(host_.now.runs_with.contains("nfs.service"));
  ASSERT_TRUE(executor().rollback({{1, {}}}, false));
  EXPECT_TRUE(host_.now == start) << difference(host_.now, start);
}

struct FailureCase {
  const char* name;
  void (*prepare)(FakeHost&, Watch&);
  const char* failure;
};
void PrintTo(const FailureCase& row, std::ostream* out) { *out << row.name; }

const FailureCase kFailures[] = {
    {"ThingRefusesToBeSet",
     [](FakeHost& host, Watch&) { host.refuses = {"/etc/systemd/system/rpcbind.service"}; },
     "step 2 of 3 (Disable rpcbind): /etc/systemd/system/rpcbind.service: refuses"},
    {"StateCannotBeRead", [](FakeHost& host, Watch&) { host.unreadable = {"nfs.service"}; },
     "step 2 of 3 (Disable rpcbind): nfs.service: cannot be read"},
    {"CheckFails",
     [](FakeHost&, Watch& watch) {
       watch.check = [](const StepBegun& step) -> Result<> {
         if (step.planned.closes.size() < 2) return {};
         return fail(Errc::refused, step.planned.closes[1] + " is still open");
       };
     },
     "step 2 of 3 (Disable rpcbind): udp 0.0.0.0:111 is still open"},
    {"SettleFails",
     [](FakeHost& host, Watch&) {
       host.fails = [&host] { return host.settles == 3 && host.settles++; };
     },
     "step 2 of 3 (Disable rpcbind): : cannot be settled"},
};

class FailingStep : public testing::TestWithParam<FailureCase> {};

TEST_P(FailingStep, IsUndoneAndEndsTheRun) {
  Fuse fuse;
  Disk disk;
  FakeHost host(fuse);
  set_up(host);
  Journal journal = open_on(disk, fuse);
  Watch watch;
  GetParam().prepare(host, watch);
  const auto report = Executor(host, journal, watch).carry_out(sample_info(), sample_steps());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->failure, GetParam().failure);
  EXPECT_FALSE(report->clean());
  ASSERT_THAT(report->steps, SizeIs(2));
  EXPECT_EQ(report->steps[1].stage, Stage::undone);
  const auto boundaries = boundaries_of(sample_steps(), set_up);
  EXPECT_TRUE(host.now == boundaries[1]) << difference(host.now, boundaries[1]);
  EXPECT_EQ(journal.history().runs().back().done->failure, GetParam().failure);
  EXPECT_THAT(journal.history().unfinished(), IsEmpty());
}

std::string name_of_failure(const testing::TestParamInfo<FailureCase>& row) {
  return row.param.name;
}
INSTANTIATE_TEST_SUITE_P(Failures, FailingStep, testing::ValuesIn(kFailures), name_of_failure);

TEST_F(ExecutorTest, WhatReadsBackOtherwiseFailsTheStepAndIsRestored) {
  // A kernel that clamps a value.
  struct Clamping : FakeHost {
    using FakeHost::FakeHost;
    Result<> set(Thing thing, const std::string& target, const State& to) override {
      return FakeHost::set(thing, target, to.content == "9999" ? value_state("4096") : to);
    }
  };
  Clamping host(fuse_);
  host.put(Thing::sysctl, "net.core.somaxconn", value_state("128"));
  PlannedStep step;
  step.what.acts = {{Thing::sysctl, "net.core.somaxconn", value_state("9999")}};
  const auto report = Executor(host, journal_, {}).carry_out(sample_info(), {step});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->failure, HasSubstr("sysctl net.core.somaxconn: was set, but is not so when "
                                         "read back"));
  EXPECT_EQ(host.now.things.at({Thing::sysctl, "net.core.somaxconn"}), value_state("128"));
}

TEST_F(ExecutorTest, ThingThatSomebodyChangesMeanwhileIsLeftToThem) {
  const std::string file = "/etc/app.service/main.conf";
  watch_.on_step = [&](Moment moment, const StepBegun& step) {
    if (moment == Moment::begun && step.step == 3) {
      host_.put(Thing::file, file, file_state("by hand"));
    }
  };
  const RunReport report = carry_out(sample_steps());
  EXPECT_THAT(report.failure, HasSubstr("file " + file + ": somebody else changed it just now"));
  EXPECT_EQ(host_.now.things.at({Thing::file, file}), file_state("by hand"));
  EXPECT_EQ(host_.now.things.at({Thing::sysctl, "net.ipv4.ip_forward"}), value_state("1"));
}

TEST_F(ExecutorTest, StepThatWantsOneThingInTwoStatesIsRefused) {
  PlannedStep step;
  step.what.acts = {{Thing::sysctl, "a", value_state("1")}, {Thing::sysctl, "a", value_state("2")}};
  const RunReport report = carry_out({step});
  EXPECT_THAT(report.failure, HasSubstr("sysctl a: the step wants it in two states"));
  EXPECT_EQ(host_.sets, 0);
}

TEST_F(ExecutorTest, RunAfterAnInterruptionIsRefusedUntilItIsRecovered) {
  fuse_.burn_at(60);
  static_cast<void>(executor().carry_out(sample_info(), sample_steps()));
  ASSERT_TRUE(fuse_.dead());
  fuse_.never();
  reopen();
  const auto refused = executor().carry_out(sample_info(), sample_steps());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_EQ(refused.error().message,
            "j: step 2 of run 1 (Disable rpcbind) was interrupted and is not at its end; recover "
            "it first");
  const RunReport recovered = executor().recover();
  ASSERT_THAT(recovered.steps, SizeIs(1));
  EXPECT_EQ(recovered.run, 1u);
  EXPECT_EQ(recovered.steps[0].title, "Disable rpcbind");
  EXPECT_EQ(recovered.steps[0].failure, "it was interrupted");
  EXPECT_EQ(recovered.steps[0].stage, Stage::undone);
  EXPECT_EQ(recovered.failure,
            "run 1 was interrupted: 1 of its 3 steps are done; make a new plan for the rest");
  EXPECT_TRUE(executor().carry_out(sample_info(), sample_steps()));
  EXPECT_EQ(run(2).steps.size(), 3u);
}

TEST_F(ExecutorTest, StepOfWhichOnlyTheEndIsMissingIsFinished) {
  int checks = 0;
  watch_.check = [this, &checks](const StepBegun& step) -> Result<> {
    if (step.step == 2 && checks++ == 0) fuse_.burn_at(0);
    return {};
  };
  static_cast<void>(executor().carry_out(sample_info(), sample_steps()));
  ASSERT_TRUE(fuse_.dead());
  fuse_.never();
  reopen();
  const RunReport recovered = executor().recover();
  ASSERT_THAT(recovered.steps, SizeIs(1));
  EXPECT_EQ(recovered.steps[0].stage, Stage::done);
  EXPECT_EQ(recovered.steps[0].failure, "");
  EXPECT_EQ(checks, 2);
  EXPECT_TRUE(host_.now == boundaries_of(sample_steps(), set_up)[2]);
}

TEST_F(ExecutorTest, StepThatSomebodyChangedSinceIsUndoneAndNotFinished) {
  watch_.check = [this](const StepBegun& step) -> Result<> {
    if (step.step == 2) fuse_.burn_at(0);
    return {};
  };
  static_cast<void>(executor().carry_out(sample_info(), sample_steps()));
  fuse_.never();
  watch_.check = nullptr;
  host_.put(Thing::file, "/etc/systemd/system/rpcbind.service", file_state("by hand"));
  reopen();
  const RunReport recovered = executor().recover();
  ASSERT_THAT(recovered.steps, SizeIs(1));
  EXPECT_EQ(recovered.steps[0].stage, Stage::partly_undone);
  EXPECT_THAT(recovered.steps[0].left, ElementsAre(HasSubstr("somebody changed it")));
  EXPECT_TRUE(host_.now.runs_with.contains("rpcbind.socket"));
}

TEST_F(ExecutorTest, StepOfWhichNothingWasDoneRestartsNothing) {
  watch_.on_step = [this](Moment moment, const StepBegun&) {
    if (moment == Moment::begun) fuse_.burn_at(0);
  };
  static_cast<void>(executor().carry_out(sample_info(), sample_steps()));
  ASSERT_TRUE(fuse_.dead());
  fuse_.never();
  reopen();
  EXPECT_EQ(executor().recover().steps[0].stage, Stage::undone);
  EXPECT_EQ(host_.settles, 0);
}

// The disk is full, so nothing says how far the undoing came when the process died: units have to
// see the restored files all the same.
TEST_F(ExecutorTest, UndoingThatCouldNotBeRecordedIsSettledByTheNextStart) {
  const HostState start = host_.now;
  watch_.check = [this](const StepBegun&) -> Result<> {
    disk_.capacity = disk_.bytes.size();
    constexpr long kSetReadBackThenDie = 2;
    host_.before_set = [this](Thing, const std::string& target) {
      if (target.ends_with(".d")) fuse_.burn_at(kSetReadBackThenDie);
    };
    return fail(Errc::refused, "still open");
  };
  static_cast<void>(executor().carry_out(sample_info(), sample_steps()));
  ASSERT_TRUE(fuse_.dead());
  ASSERT_TRUE(host_.now.things == start.things);
  ASSERT_FALSE(host_.now == start);
  fuse_.never();
  host_.before_set = nullptr;
  disk_.capacity.reset();
  reopen();
  EXPECT_EQ(executor().recover().steps[0].stage, Stage::undone);
  EXPECT_TRUE(host_.now == start) << difference(host_.now, start);
}

// D-Bus goes away in the middle: what can be restored is, the rest waits for the next start.
TEST_F(ExecutorTest, StepThatCannotBeUndoneNowIsUndoneLater) {
  host_.before_set = [this](Thing, const std::string& target) {
    host_.manager_gone = host_.manager_gone || target == "nfs.service" ||
                         target == "/etc/systemd/system/rpcbind.service";
  };
  const RunReport report = carry_out(sample_steps());
  ASSERT_THAT(report.steps, SizeIs(2));
  EXPECT_EQ(report.steps[1].stage, Stage::undoing);
  EXPECT_THAT(report.steps[1].problems, testing::Contains(HasSubstr("no answer from the manager")));
  EXPECT_FALSE(run(1).done);
  reopen();
  EXPECT_EQ(executor().recover().steps[0].stage, Stage::undoing);
  EXPECT_FALSE(executor().carry_out(sample_info(), sample_steps()));

  host_.before_set = nullptr;
  host_.manager_gone = false;
  const RunReport recovered = executor().recover();
  EXPECT_EQ(recovered.steps[0].stage, Stage::undone);
  EXPECT_TRUE(host_.now == boundaries_of(sample_steps(), set_up)[1]);
  EXPECT_TRUE(run(1).done);
}

// systemd starts no socket while its service runs; the service that would not stop has to.
TEST_F(ExecutorTest, SocketOfAServiceThatStillRunsIsStartedAgain) {
  const HostState start = host_.now;
  host_.refuses = {"nfs.service"};
  host_.stops_too.clear();
  std::vector<PlannedStep> steps = {sample_steps()[1]};
  std::swap(steps[0].what.acts[1], steps[0].what.acts[2]);
  const RunReport report = carry_out(steps);
  EXPECT_EQ(report.steps[0].stage, Stage::undone);
  EXPECT_THAT(report.steps[0].problems, IsEmpty());
  EXPECT_TRUE(host_.now == start) << difference(host_.now, start);
}

TEST_F(ExecutorTest, ExpectationsAreOfTheStepsThatAreDone) {
  watch_.boot_id = "b1";
  carry_out(sample_steps());
  Expectations expected = expectations_of(run(1), "b1");
  EXPECT_THAT(expected.gone, ElementsAre("tcp 0.0.0.0:8080", "tcp 0.0.0.0:111", "udp 0.0.0.0:111"));
  EXPECT_THAT(expected.kept, ElementsAre("tcp 0.0.0.0:80"));
  EXPECT_TRUE(expected.reboot_pending);
  EXPECT_FALSE(expectations_of(run(1), "b2").reboot_pending);
  ASSERT_TRUE(executor().rollback({{1, 2}}, false));
  expected = expectations_of(run(1), "b1");
  EXPECT_THAT(expected.gone, ElementsAre("tcp 0.0.0.0:8080"));
}

TEST_F(ExecutorTest, RunAwaitsConfirmationUntilItComes) {
  RunInfo info = sample_info();
  info.confirm_by = 1'790'000'000;
  ASSERT_TRUE(executor().carry_out(info, sample_steps()));
  reopen();
  EXPECT_TRUE(run(1).awaits_confirmation());
  ASSERT_TRUE(journal_.append(RunConfirmed{1}));
  reopen();
  EXPECT_FALSE(run(1).awaits_confirmation());
  EXPECT_EQ(journal_.append(RunConfirmed{1}).error().message, "j: there is no run 1 to confirm");
}

TEST_F(ExecutorTest, EmptyRunIsARun) {
  EXPECT_TRUE(carry_out({}).clean());
  EXPECT_TRUE(run(1).done);
}

}  // namespace
}  // namespace deadlight::execute::test
