#include <gtest/gtest.h>

#include <algorithm>

#include "execute/executor.h"
#include "execute/fake_file.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

/// A host, its journal and the process that works on it.
struct World {
  Fuse fuse;
  Disk disk;
  FakeHost host{fuse};

  World() { set_up(host); }

  /// What the process did before it died does not matter: only what is left of it.
  void carry_out(const std::vector<PlannedStep>& steps) {
    auto journal = Journal::open(fake_file(disk, fuse), "j");
    if (!journal) return;
    static_cast<void>(Executor(host, *journal, {}).carry_out(sample_info(), steps));
  }
  RunReport recover() {
    auto journal = Journal::open(fake_file(disk, fuse), "j");
    return journal ? Executor(host, *journal, {}).recover() : RunReport{};
  }
  void rollback(const std::vector<RollbackTarget>& targets) {
    auto journal = Journal::open(fake_file(disk, fuse), "j");
    if (!journal) return;
    static_cast<void>(Executor(host, *journal, {}).recover());
    static_cast<void>(Executor(host, *journal, {}).rollback(targets, false));
  }
  /// The process is gone; a new one starts.
  void restart(Crash how) {
    disk.crash(how);
    fuse.never();
  }
};

void expect_boundary(const World& world, const std::vector<HostState>& boundaries) {
  const bool at_one =
      std::find(boundaries.begin(), boundaries.end(), world.host.now) != boundaries.end();
  EXPECT_TRUE(at_one) << "between steps: " << difference(boundaries.front(), world.host.now);
}

/// After recover() nothing is left to do, and doing it again does nothing.
void expect_settled(World& world) {
  const HostState before = world.host.now;
  const long appends = world.disk.appends;
  const RunReport again = world.recover();
  EXPECT_TRUE(again.steps.empty());
  EXPECT_TRUE(again.failure.empty()) << again.failure;
  EXPECT_EQ(world.disk.appends, appends + (appends == 0 ? 1 : 0)) << "something was recorded";
  EXPECT_TRUE(world.host.now == before);
}

void expect_rollback_restores(World& world, const HostState& start) {
  Journal journal = open_on(world.disk, world.fuse);
  if (journal.history().runs().empty()) return;
  const auto report = Executor(world.host, journal, {}).rollback({{1, {}}}, false);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->clean()) << report->failure;
  EXPECT_TRUE(world.host.now == start) << difference(start, world.host.now);
}

class Kill : public testing::TestWithParam<Crash> {
 protected:
  const std::vector<PlannedStep> steps_ = sample_steps();
  const std::vector<HostState> boundaries_ = boundaries_of(steps_, set_up);
};

TEST_P(Kill, AtEveryInstantOfARun) {
  long instant = 0;
  for (;; ++instant) {
    SCOPED_TRACE(instant);
    World world;
    world.fuse.burn_at(instant);
    world.carry_out(steps_);
    if (!world.fuse.dead()) break;
    world.restart(GetParam());
    world.recover();
    expect_boundary(world, boundaries_);
    expect_settled(world);
    expect_rollback_restores(world, boundaries_.front());
    if (HasFailure()) return;
  }
  EXPECT_GT(instant, 100);
}

// Also the process that cleans up may die, at every instant; and the power may go after that.
TEST_P(Kill, AtEveryInstantOfARecovery) {
  long recoveries = 0;
  Disk last_disk;
  HostState last_host;
  for (long instant = 0;; ++instant) {
    World first;
    first.fuse.burn_at(instant);
    first.carry_out(steps_);
    if (!first.fuse.dead()) break;
    // Died while it looked at something: nothing new.
    if (first.disk.bytes == last_disk.bytes && first.disk.synced == last_disk.synced &&
        first.host.now == last_host) {
      continue;
    }
    last_disk = first.disk;
    last_host = first.host.now;
    for (long second = 0;; ++second, ++recoveries) {
      SCOPED_TRACE(std::to_string(instant) + ", then " + std::to_string(second));
      World world;
      world.host.now = first.host.now;
      world.disk = first.disk;
      world.restart(GetParam());
      world.fuse.burn_at(second);
      world.recover();
      const bool died = world.fuse.dead();
      world.restart(Crash::power);
      world.recover();
      expect_boundary(world, boundaries_);
      expect_settled(world);
      if (HasFailure()) return;
      if (!died) break;
    }
  }
  EXPECT_GT(recoveries, 1000);
}

TEST_P(Kill, AtEveryInstantOfARollback) {
  long instant = 0;
  for (;; ++instant) {
    SCOPED_TRACE(instant);
    World world;
    world.carry_out(steps_);
    ASSERT_TRUE(world.host.now == boundaries_.back());
    world.fuse.burn_at(instant);
    world.rollback({{1, {}}});
    if (!world.fuse.dead()) break;
    world.restart(GetParam());
    world.recover();
    expect_boundary(world, boundaries_);
    expect_settled(world);
    expect_rollback_restores(world, boundaries_.front());
    if (HasFailure()) return;
  }
  EXPECT_GT(instant, 100);
}

std::string name_of_crash(const testing::TestParamInfo<Crash>& row) {
  constexpr const char* kNames[] = {"Process", "Power", "Torn", "Zeros"};
  return kNames[static_cast<std::size_t>(row.param)];
}
INSTANTIATE_TEST_SUITE_P(Crashes, Kill, testing::ValuesIn(kCrashes), name_of_crash);

}  // namespace
}  // namespace deadlight::execute::test
