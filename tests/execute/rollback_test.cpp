#include <gmock/gmock.h>

#include "execute/executor.h"
#include "execute/fake_file.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kConf = "/etc/app.service/main.conf";
const std::string kDropIns = "/etc/systemd/system/app.service.d";

class RollbackTest : public testing::Test {
 protected:
  RollbackTest() {
    set_up(host_);
    start_ = host_.now;
  }

  void carry_out(const std::vector<PlannedStep>& steps) {
    const auto report = executor().carry_out(sample_info(), steps);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_TRUE(report->clean()) << report->failure;
  }
  RunReport rollback(const std::vector<RollbackTarget>& targets, bool force = false) {
    journal_ = open_on(disk_, fuse_);  // by another process than the one that carried out
    const auto report = executor().rollback(targets, force);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : RunReport{};
  }
  Executor executor() { return {host_, journal_, {}}; }
  void expect_start() { EXPECT_TRUE(host_.now == start_) << difference(host_.now, start_); }
  State file(const std::string& path) {
    const auto found = host_.now.things.find({Thing::file, path});
    return found == host_.now.things.end() ? State{} : found->second;
  }

  Fuse fuse_;
  Disk disk_;
  FakeHost host_{fuse_};
  HostState start_;
  Journal journal_ = open_on(disk_, fuse_);
};

PlannedStep conf_step(const char* content) {
  PlannedStep step;
  step.what.title = content;
  step.what.acts = {{Thing::file, kConf, file_state(content)}};
  return step;
}

TEST_F(RollbackTest, RunIsTakenBackNewestStepFirst) {
  carry_out(sample_steps());
  const RunReport report = rollback({{1, {}}});
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.run, 1u);
  ASSERT_THAT(report.steps, SizeIs(3));
  EXPECT_EQ(report.steps[0].step, 3u);
  EXPECT_EQ(report.steps[2].step, 1u);
  expect_start();
  EXPECT_EQ(file(kDropIns), State{}) << "what was absent is absent again";
}

TEST_F(RollbackTest, StepAloneIsTakenBack) {
  carry_out(sample_steps());
  EXPECT_THAT(rollback({{1, 2}}).steps, SizeIs(1));
  EXPECT_TRUE(host_.now.runs_with.contains("rpcbind.socket"));
  EXPECT_TRUE(host_.now.runs_with.contains("nfs.service"));
  EXPECT_EQ(file(kConf), file_state("listen no\n"));
}

TEST_F(RollbackTest, DoingItAgainDoesNothing) {
  carry_out(sample_steps());
  rollback({{1, {}}});
  const int sets = host_.sets;
  const RunReport again = rollback({{1, {}}, {1, 2}});
  EXPECT_TRUE(again.clean());
  EXPECT_THAT(again.steps, IsEmpty());
  EXPECT_EQ(host_.sets, sets);
}

TEST_F(RollbackTest, SeveralRunsNewestFirst) {
  carry_out({conf_step("one")});
  carry_out({conf_step("two")});
  carry_out({conf_step("three")});
  const RunReport report = rollback({{1, {}}, {3, {}}, {2, {}}});
  EXPECT_TRUE(report.clean());
  ASSERT_THAT(report.steps, SizeIs(3));
  EXPECT_EQ(report.steps[0].run, 3u);
  EXPECT_EQ(report.steps[2].run, 1u);
  expect_start();
}

TEST_F(RollbackTest, OlderRunUnderANewerOneIsLeftAndSaysWhich) {
  carry_out({conf_step("one")});
  carry_out({conf_step("two")});
  const RunReport report = rollback({{1, {}}});
  ASSERT_THAT(report.steps, SizeIs(1));
  EXPECT_EQ(report.steps[0].stage, Stage::partly_undone);
  EXPECT_THAT(report.steps[0].left,
              ElementsAre("file " + kConf +
                          ": left as it is, since step 1 of run 2 set it later; undo that first"));
  EXPECT_EQ(file(kConf), file_state("two"));
  rollback({{2, {}}});
  EXPECT_TRUE(rollback({{1, {}}}).clean());
  expect_start();
}

TEST_F(RollbackTest, WhatAPersonChangedIsLeftAloneAndTheRestRestored) {
  carry_out(sample_steps());
  host_.put(Thing::file, kConf, file_state("by hand"));
  const RunReport report = rollback({{1, {}}});
  EXPECT_FALSE(report.clean());
  EXPECT_EQ(report.steps[0].stage, Stage::partly_undone);
  EXPECT_THAT(report.steps[0].left,
              ElementsAre("file " + kConf +
                          ": left as it is, since somebody changed it after the step; undo with "
                          "force to overwrite it"));
  EXPECT_THAT(report.steps, SizeIs(3));
  EXPECT_EQ(file(kConf), file_state("by hand"));
  host_.put(Thing::file, kConf, file_state("listen all\n"));
  EXPECT_TRUE(rollback({{1, {}}}).clean()) << "they put it back themselves";
  expect_start();
}

TEST_F(RollbackTest, ForceOverwritesWhatAPersonChanged) {
  carry_out(sample_steps());
  host_.put(Thing::file, kConf, file_state("by hand"));
  EXPECT_TRUE(rollback({{1, {}}}, true).clean());
  expect_start();
}

// Mode and owner count as well: somebody who opened a file to a group meant something by it.
TEST_F(RollbackTest, ChangedRightsAreAChange) {
  carry_out(sample_steps());
  State state = file(kConf);
  state.mode = 0640;
  host_.put(Thing::file, kConf, state);
  EXPECT_THAT(rollback({{1, 3}}).steps[0].left, SizeIs(1));
  EXPECT_EQ(file(kConf), state);
}

TEST_F(RollbackTest, FolderOfAStepStaysIfSomethingIsInIt) {
  carry_out(sample_steps());
  host_.put(Thing::file, kDropIns + "/own.conf", file_state("mine"));
  const RunReport report = rollback({{1, {}}});
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.steps[2].stage, Stage::undone);
  EXPECT_THAT(report.steps[2].left,
              ElementsAre("file " + kDropIns + ": stays, since something is in it now"));
  EXPECT_EQ(file(kDropIns + "/own.conf"), file_state("mine"));
  EXPECT_EQ(file(kDropIns + "/deadlight.conf"), State{});
}

// What an interrupted rollback has restored already is not the step's any more.
TEST_F(RollbackTest, WhatIsChangedAfterItWasRestoredIsNotTouchedAgain) {
  carry_out(sample_steps());
  host_.before_set = [this](Thing thing, const std::string&) {
    if (thing == Thing::table) fuse_.burn_at(0);
  };
  static_cast<void>(executor().rollback({{1, {}}}, true));
  ASSERT_TRUE(fuse_.dead());
  fuse_.never();
  host_.before_set = nullptr;
  ASSERT_EQ(file(kConf), file_state("listen all\n"));
  host_.put(Thing::file, kConf, file_state("by hand"));
  journal_ = open_on(disk_, fuse_);
  const RunReport report = executor().recover();
  EXPECT_EQ(report.steps[0].stage, Stage::undone);
  EXPECT_EQ(file(kConf), file_state("by hand"));
}

// After a reboot sysctls and tables are as they were, units as their files say.
TEST_F(RollbackTest, WhatARebootTookBackIsNoConflict) {
  carry_out(sample_steps());
  host_.put(Thing::sysctl, "net.ipv4.ip_forward", value_state("1"));
  host_.put(Thing::table, "inet deadlight", {});
  EXPECT_TRUE(rollback({{1, {}}}).clean());
  expect_start();
}

TEST_F(RollbackTest, UnitThatDoesNotRestartIsAProblemAndNoObstacle) {
  carry_out(sample_steps());
  host_.refuses = {"app.service restart"};
  const RunReport report = rollback({{1, {}}});
  EXPECT_FALSE(report.clean());
  EXPECT_EQ(report.failure, "");
  EXPECT_THAT(report.steps[2].problems, ElementsAre("app.service: does not restart"));
  EXPECT_EQ(report.steps[2].stage, Stage::undone);
  EXPECT_THAT(journal_.history().unfinished(), IsEmpty());
}

TEST_F(RollbackTest, UnitThatCannotStartKeepsTheStepOpenUnlessForced) {
  carry_out(sample_steps());
  host_.refuses = {"nfs.service"};
  const RunReport report = rollback({{1, {}}});
  EXPECT_EQ(report.failure,
            "step 2 of run 1 (Disable rpcbind) could not be undone: nfs.service: refuses");
  EXPECT_EQ(report.steps[1].stage, Stage::undoing);
  ASSERT_THAT(report.steps, SizeIs(2)) << "the first step stays";
  EXPECT_FALSE(executor().carry_out(sample_info(), sample_steps()));

  const RunReport forced = rollback({{1, {}}}, true);
  EXPECT_EQ(forced.failure, "");
  EXPECT_EQ(forced.steps[0].stage, Stage::partly_undone);
  EXPECT_THAT(forced.steps[0].problems, ElementsAre("nfs.service: refuses"));
  EXPECT_THAT(journal_.history().unfinished(), IsEmpty());

  host_.refuses.clear();
  EXPECT_TRUE(rollback({{1, {}}}).clean());
  expect_start();
}

TEST_F(RollbackTest, WhatIsNotThereIsNotFound) {
  const auto empty = executor().rollback({{1, {}}}, false);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message, "there is no run 1; the journal has none");
  carry_out(sample_steps());
  EXPECT_EQ(executor().rollback({{2, {}}}, false).error().message,
            "there is no run 2; the journal has runs 1 to 1");
  EXPECT_EQ(executor().rollback({{1, 4}}, false).error().message,
            "run 1 has no step 4 that began; it has 3");
  EXPECT_EQ(executor().rollback({{1, 4}}, false).error().code, Errc::not_found);
}

TEST_F(RollbackTest, NothingIsTakenBackWhatTheJournalCannotRecord) {
  carry_out(sample_steps());
  const HostState before = host_.now;
  disk_.capacity = disk_.bytes.size();
  const auto report = executor().rollback({{1, {}}}, false);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "j: cannot write: ENOSPC");
  EXPECT_TRUE(host_.now == before);
}

}  // namespace
}  // namespace deadlight::execute::test
