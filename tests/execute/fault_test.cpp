#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "execute/executor.h"
#include "execute/fake_file.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

bool is_boundary(const HostState& state, const std::vector<HostState>& boundaries) {
  return std::find(boundaries.begin(), boundaries.end(), state) != boundaries.end();
}

class FaultTest : public testing::Test {
 protected:
  FaultTest() { set_up(host_); }

  /// The same process goes on after the fault: it has to end at a boundary by itself.
  void carry_out_with_fault() {
    auto journal = Journal::open(fake_file(disk_, fuse_), "j");
    if (!journal) return;
    const auto report = Executor(host_, *journal, {}).carry_out(sample_info(), steps_);
    failed_ = !report || !report->failure.empty();
  }
  /// The next start, the fault being gone.
  void expect_recovered() {
    const HostState before = host_.now;
    Journal journal = open_on(disk_, fuse_);
    Executor executor(host_, journal, {});
    executor.recover();
    EXPECT_THAT(journal.history().unfinished(), IsEmpty());
    EXPECT_TRUE(is_boundary(host_.now, boundaries_)) << difference(host_.now, before);
    if (journal.history().runs().empty()) return;
    const auto report = executor.rollback({{1, {}}}, false);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->clean()) << report->failure;
    EXPECT_TRUE(host_.now == boundaries_[0]) << difference(host_.now, boundaries_[0]);
  }

  const std::vector<PlannedStep> steps_ = sample_steps();
  const std::vector<HostState> boundaries_ = boundaries_of(steps_, set_up);
  Fuse fuse_;
  Disk disk_;
  FakeHost host_{fuse_};
  bool failed_ = false;
};

TEST_F(FaultTest, DiskFullAtEveryByteEndsAtABoundary) {
  std::size_t capacity = 0;
  for (;; ++capacity) {
    SCOPED_TRACE(capacity);
    disk_ = {};
    disk_.capacity = capacity;
    host_.now = boundaries_[0];
    failed_ = false;
    carry_out_with_fault();
    EXPECT_TRUE(is_boundary(host_.now, boundaries_)) << difference(boundaries_[0], host_.now);
    if (disk_.bytes.size() < capacity) break;
    EXPECT_TRUE(failed_ || host_.now == boundaries_[0] || disk_.bytes.size() == capacity);
    disk_.capacity.reset();
    expect_recovered();
    if (HasFailure()) return;
  }
  EXPECT_GT(capacity, 1000u);
  EXPECT_FALSE(failed_);
}

TEST_F(FaultTest, SyncThatFailsEndsAtABoundary) {
  long sync = 0;
  for (;; ++sync) {
    SCOPED_TRACE(sync);
    disk_ = {};
    disk_.sync_fails_at = sync;
    host_.now = boundaries_[0];
    failed_ = false;
    carry_out_with_fault();
    if (disk_.syncs <= sync) break;
    EXPECT_TRUE(is_boundary(host_.now, boundaries_)) << difference(boundaries_[0], host_.now);
    disk_.sync_fails_at.reset();
    disk_.crash(Crash::power);
    expect_recovered();
    if (HasFailure()) return;
  }
  EXPECT_GT(sync, 15);
}

TEST_F(FaultTest, ReadOnlyDiskChangesNothing) {
  { Journal made = open_on(disk_, fuse_); }
  disk_.read_only = true;
  Journal journal = open_on(disk_, fuse_);
  const auto report = Executor(host_, journal, {}).carry_out(sample_info(), steps_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::denied);
  EXPECT_EQ(report.error().message, "j: cannot write: EROFS");
  EXPECT_EQ(host_.sets, 0);
  EXPECT_EQ(journal.append(RunBegun{1, 0, {}}).error().message,
            "j: takes no more records after an error; open it again once that is repaired");
}

/// Any acts on any things, some of them as they are already. What systemd could not take back is
/// left out: a masked unit that runs, a socket that stops without its service.
PlannedStep random_step(std::mt19937& random) {
  const State contents[] = {file_state("a"), file_state("b"), link_state("/etc/file"), {}};
  std::vector<Act> acts;
  for (std::size_t left = 1 + random() % 6; left > 0; --left) {
    const std::string number = std::to_string(random() % 4);
    const State& content = contents[random() % std::size(contents)];
    switch (random() % 5) {
      case 0:
        acts.push_back({Thing::file, "/etc/file" + number, content});
        break;
      case 1:
        acts.push_back({Thing::file, "/etc/systemd/system/u" + number + ".service", content});
        break;
      case 2:
        acts.push_back({Thing::sysctl, "s" + number, value_state(std::to_string(random() % 3))});
        break;
      case 3:
        acts.push_back({Thing::unit, "v" + number, random() % 3 == 0 ? active() : inactive()});
        break;
      default:
        acts.push_back({Thing::unit, "u" + number + ".socket", inactive()});
        acts.push_back({Thing::unit, "u" + number + ".service", inactive()});
        break;
    }
  }
  PlannedStep step;
  step.what.title = "step";
  std::set<std::string> taken;
  for (Act& act : acts) {
    if (taken.insert(act.target).second) step.what.acts.push_back(std::move(act));
  }
  if (random() % 2 == 0) step.what.settles.push_back({Settle::Kind::reload_manager, ""});
  if (random() % 4 == 0) step.what.settles.push_back({Settle::Kind::restart_unit, "v1"});
  return step;
}

void set_up_random(FakeHost& host, std::mt19937& random) {
  host.put(Thing::file, "/etc/systemd", folder_state());
  host.put(Thing::file, "/etc/systemd/system", folder_state());
  for (const char* number : {"0", "1", "2", "3"}) {
    if (random() % 2 == 0)
      host.put(Thing::file, std::string("/etc/file") + number, file_state("a"));
    host.put(Thing::sysctl, std::string("s") + number, value_state("1"));
    if (random() % 2 == 0) host.run(std::string("v") + number);
    if (random() % 2 == 0) host.run(std::string("u") + number + ".service");
    if (random() % 2 == 0) host.run(std::string("u") + number + ".socket");
  }
  host.reload();
}

/// What a step owns: things, not what units read at a start that some fault made happen again.
bool same_things(const HostState& a, const HostState& b) { return a.things == b.things; }

// Random steps on random hosts, with random failures of host and disk, then a kill at a random
// instant: after the next start each thing is as before or after some step.
TEST(RandomRuns, EndAtABoundaryWhateverFails) {
  constexpr int kRounds = 3000;
  int stopped = 0;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    std::mt19937 random(static_cast<unsigned>(round));
    Fuse fuse;
    Disk disk;
    FakeHost host(fuse);
    set_up_random(host, random);
    std::vector<PlannedStep> steps;
    for (int i = 0; i < 4; ++i) steps.push_back(random_step(random));
    std::vector<HostState> boundaries = {host.now};
    Watch watch;
    watch.check = [&](const StepBegun&) -> Result<> {
      boundaries.push_back(host.now);
      return {};
    };
    bool failing = true;
    host.fails = [&] { return failing && random() % 40 == 0; };
    if (random() % 4 == 0) disk.capacity = random() % 4000;
    fuse.burn_at(static_cast<long>(random() % 400));
    if (auto journal = Journal::open(fake_file(disk, fuse), "j")) {
      static_cast<void>(Executor(host, *journal, watch).carry_out(sample_info(), steps));
    }
    stopped += fuse.dead() ? 1 : 0;
    disk.crash(kCrashes[random() % std::size(kCrashes)]);
    disk.capacity.reset();
    fuse.never();
    failing = false;
    Journal journal = open_on(disk, fuse);
    const RunReport report = Executor(host, journal, watch).recover();
    for (const StepOutcome& outcome : report.steps) EXPECT_THAT(outcome.problems, IsEmpty());
    EXPECT_THAT(journal.history().unfinished(), IsEmpty());
    EXPECT_TRUE(std::any_of(boundaries.begin(), boundaries.end(), [&](const HostState& one) {
      return same_things(one, host.now);
    })) << difference(boundaries.back(), host.now);
    if (HasFailure()) return;
  }
  EXPECT_GT(stopped, kRounds / 10);
  EXPECT_LT(stopped, kRounds * 9 / 10);
}

}  // namespace
}  // namespace deadlight::execute::test
