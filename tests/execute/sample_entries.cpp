#include "execute/sample_entries.h"

#include "base/assert.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {

std::vector<Entry> sample_entries() {
  const RunInfo info{"gargan",     "web",         "{\"schema\"}",    1000,
                     "/dev/pts/1", 1'790'000'300, {"tcp 0.0.0.0:80"}};
  PlannedStep planned;
  planned.what.title = "Stop rpcbind";
  planned.what.acts = {{Thing::unit, "rpcbind.socket", value_state("inactive")},
                       {Thing::file, "/etc/a", {Form::file, std::string("\0\n", 2), 0640, 7, 8}},
                       {Thing::table, "inet deadlight", value_state("drop")}};
  planned.what.settles = {{Settle::Kind::reload_manager, ""},
                          {Settle::Kind::reload_unit, "a.service"}};
  planned.closes = {"tcp 0.0.0.0:111", "udp 0.0.0.0:111"};
  planned.reboot = true;
  const std::vector<State> before = {value_state("active"), {Form::link, "/etc/b", 0, 0, 0}, {}};
  std::uint64_t time = 1'790'000'000'123;
  std::vector<Entry> entries;
  const auto add = [&](Record record) { entries.push_back({time++, std::move(record)}); };
  add(RunBegun{1, 2, info});
  add(StepBegun{1, 1, planned, before});
  for (std::uint32_t act = 0; act < 3; ++act) {
    add(ActDone{1, 1, act, planned.what.acts[act].wanted});
  }
  add(StepDone{1, 1, "6f1c-boot"});
  add(RunDone{1, "step 2 of 2 (x): refused"});
  add(UndoBegun{1, 1, true});
  add(ActUndone{1, 1, 2});
  add(UndoDone{1, 1, {0, 1}});
  add(RunConfirmed{1});
  return entries;
}

std::string journal_of(const std::vector<Entry>& entries) {
  std::string bytes(kJournalMagic);
  for (const Entry& entry : entries) {
    const Result<std::string> record = encode(entry, bytes.size());
    DEADLIGHT_ASSERT(record.has_value());
    bytes += *record;
  }
  return bytes;
}

}  // namespace deadlight::execute::test
