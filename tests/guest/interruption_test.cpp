// `apply` is cut off in a booted host: killed, without power, without room for its journal. The
// host must be as before or after a step, the next start says which, and a rollback gives the
// start.
#include <gmock/gmock.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "execute/history.h"
#include "host_state.h"
#include "started_guest.h"

namespace deadlight::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kApply = "apply /root/plan.json --yes";
constexpr std::size_t kHeaderBytes = 12;  // docs/journal-format.md
constexpr std::size_t kFirstLineBytes = 20;

class Interrupted : public WithGuest {
 protected:
  void prepare(Guest& guest) override { ASSERT_TRUE(expose_daemons(guest)); }

  fs::path journal() { return guest().root() / "var/lib/deadlight/journal"; }

  std::string journal_text() {
    std::ifstream file(journal(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  /// Whole records, by their lengths alone, so that they can be watched while they are written.
  std::size_t records() {
    const std::string bytes = journal_text();
    std::size_t count = 0;
    for (std::size_t at = kFirstLineBytes; at + kHeaderBytes <= bytes.size(); ++count) {
      std::uint32_t length = 0;
      std::memcpy(&length, bytes.data() + at, sizeof length);
      at += kHeaderBytes + length;
      if (at > bytes.size()) break;
    }
    return count;
  }

  /// Carries the plan out once and takes it back step by step. The guests are alike, so that what
  /// is learned of one is true of the next.
  void learn() {
    EXPECT_EQ(make_plan().err, "");
    if (!known().states.empty()) return;
    const HostState start = look_at(guest());
    const Said applied = deadlight(kApply);
    ASSERT_EQ(applied.exit_code, 0) << applied.err;
    const std::size_t records_of_run = records();
    const auto read = execute::read_journal(journal_text(), "journal");
    ASSERT_TRUE(read) << read.error().message;
    const std::size_t steps = read->history.runs().back().steps.size();
    ASSERT_GE(steps, 5U);
    std::vector<HostState> states(steps + 1);
    for (std::size_t step = steps; step > 0; --step) {
      states[step] = look_at(guest());
      const Said undone = deadlight("rollback 1." + std::to_string(step) + " --yes");
      ASSERT_EQ(undone.exit_code, 0) << undone.err;
    }
    states[0] = look_at(guest());
    ASSERT_THAT(differences(start, states[0]), IsEmpty());
    known() = {records_of_run, std::move(states)};
  }

  /// Waits until `count` more records are on disk; false if the command ended before.
  bool reaches(Running& running, std::size_t before, std::size_t count) {
    while (!running.ended()) {
      if (records() >= before + count) return true;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return false;
  }

  /// The next start: it names the step that it finds and ends it, one way or the other.
  void expect_put_right() {
    const auto found = execute::read_journal(journal_text(), "journal");
    ASSERT_TRUE(found) << found.error().message;
    const auto unfinished = found->history.unfinished();
    const Said next = deadlight("confirm");
    EXPECT_THAT(next.err, HasSubstr("was interrupted, and is put right first:"));
    if (!unfinished.empty()) {
      const execute::StepBegun& step = unfinished.front()->begun;
      const std::string name =
          "step " + std::to_string(step.step) + " of run " + std::to_string(step.run);
      EXPECT_THAT(next.err, HasSubstr(name)) << next.err;
      EXPECT_THAT(next.err, HasSubstr(step.planned.what.title)) << next.err;
    }
    expect_between_steps(next.err);
  }

  void expect_between_steps(const std::string& said) {
    const auto after = execute::read_journal(journal_text(), "journal");
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_THAT(after->history.unfinished(), IsEmpty());
    std::size_t done = 0;
    for (const execute::StepLog& step : after->history.runs().back().steps) {
      done += step.stage == execute::Stage::done ? 1 : 0;
    }
    EXPECT_THAT(differences(known().states.at(done), look_at(guest())), IsEmpty())
        << "with " << done << " steps done\n"
        << said;
  }

  void expect_all_taken_back() {
    const Said undone = deadlight("rollback --all --yes");
    EXPECT_EQ(undone.exit_code, 0) << undone.out << undone.err;
    EXPECT_THAT(differences(known().states.front(), look_at(guest())), IsEmpty()) << undone.err;
  }

  struct Known {
    std::size_t records_of_run = 0;
    std::vector<HostState> states;  ///< [n]: with n steps done
  };
  static Known& known() {
    static Known value;
    return value;
  }
};

TEST_F(Interrupted, AKilledApplyLeavesTheHostBeforeOrAfterAStep) {
  ASSERT_NO_FATAL_FAILURE(learn());
  // Right after the first record, before the end, and between and in the middle of steps.
  const std::size_t all = known().records_of_run;
  for (const std::size_t count : {std::size_t{1}, all / 3, all * 2 / 3, all - 3}) {
    SCOPED_TRACE("killed after record " + std::to_string(count) + " of " + std::to_string(all));
    const std::size_t before = records();
    Running apply = guest().start(std::string("deadlight ") + kApply);
    ASSERT_TRUE(reaches(apply, before, count)) << apply.wait().err;
    std::this_thread::sleep_for(std::chrono::microseconds(count * 370 % 2000));
    apply.signal(SIGKILL);
    apply.wait();
    expect_put_right();
    expect_all_taken_back();
  }
}

TEST_F(Interrupted, AfterAPowerCutTheNextBootIsBeforeOrAfterAStep) {
  ASSERT_NO_FATAL_FAILURE(learn());
  const std::size_t before = records();
  Running apply = guest().start(std::string("deadlight ") + kApply);
  ASSERT_TRUE(reaches(apply, before, known().records_of_run / 2)) << apply.wait().err;
  // Else it may see its connection to systemd break, before it ends itself.
  apply.signal(SIGSTOP);
  guest().cut_power();
  guest().boot();
  ASSERT_EQ(guest().problem(), "");
  expect_put_right();
  expect_all_taken_back();
}

TEST_F(Interrupted, AKilledRollbackIsFinishedByTheNextStart) {
  ASSERT_NO_FATAL_FAILURE(learn());
  const Said applied = deadlight(kApply);
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  const std::size_t before = records();
  Running rollback = guest().start("deadlight rollback --yes");
  ASSERT_TRUE(reaches(rollback, before, 8)) << rollback.wait().err;
  rollback.signal(SIGKILL);
  rollback.wait();
  expect_put_right();
  expect_all_taken_back();
}

}  // namespace
}  // namespace deadlight::test
