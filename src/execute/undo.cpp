#include "execute/undo.h"

#include <fmt/format.h>

#include <algorithm>

namespace deadlight::execute {
namespace {

bool is_running(const State& state) {
  return state.form == Form::value && state.content == "active";
}

/// A later step that set the same thing and is not undone; nullptr if there is none.
const StepBegun* later_step(const History& history, const StepBegun& step, const Act& act) {
  const auto sets_it = [&act](const Act& other) {
    return other.thing == act.thing && other.target == act.target;
  };
  for (const RunLog& run : history.runs()) {
    if (run.begun.run < step.run) continue;
    for (const StepLog& other : run.steps) {
      const bool later = run.begun.run > step.run || other.begun.step > step.step;
      const std::vector<Act>& acts = other.begun.planned.what.acts;
      if (later && other.stage != Stage::undone && std::any_of(acts.begin(), acts.end(), sets_it)) {
        return &other.begun;
      }
    }
  }
  return nullptr;
}

class Undoing {
 public:
  Undoing(ActHost& host, Journal& journal, UndoOrder order, StepOutcome& outcome)
      : host_(host),
        journal_(journal),
        order_(order),
        outcome_(outcome),
        log_(*journal.history().step(outcome.run, outcome.step)),
        again_(log_.undone.size(), false) {
    for (const ActDone& act : log_.acts) touched_ |= act.after != log_.begun.before[act.act];
  }

  void run() {
    const std::vector<std::size_t> stops = units(false);
    const std::vector<std::size_t> starts = units(true);
    for (const std::size_t act : stops) undo(act);
    for (std::size_t act = acts().size(); act-- > 0;) {
      if (acts()[act].thing != Thing::unit) undo(act);
    }
    if (reload_manager()) {
      make_room_for_sockets(starts);
      for (const std::size_t act : starts) undo(act);
    }
    settle_units();
    end();
  }

 private:
  const std::vector<Act>& acts() const { return log_.begun.planned.what.acts; }
  const std::vector<Settle>& settles() const { return log_.begun.planned.what.settles; }

  /// Those that ran before the step, or those that did not, last act first; but what triggers a
  /// service comes before services.
  std::vector<std::size_t> units(bool ran) const {
    std::vector<std::size_t> found;
    for (std::size_t act = acts().size(); act-- > 0;) {
      if (acts()[act].thing == Thing::unit && is_running(log_.begun.before[act]) == ran) {
        found.push_back(act);
      }
    }
    std::stable_partition(found.begin(), found.end(), [this](std::size_t act) {
      return !acts()[act].target.ends_with(".service");
    });
    return found;
  }

  /// systemd starts no socket while its service runs ("Socket service … already active, refusing."
  /// in socket_start() of core/socket.c): the services that the step was to stop as well are
  /// stopped first, and started after the sockets.
  void make_room_for_sockets(const std::vector<std::size_t>& starts) {
    const auto needs_start = [this](std::size_t index) {
      const Act& act = acts()[index];
      if (!act.target.ends_with(".socket") || log_.undone[index]) return false;
      const Result<State> now = host_.state(act.thing, act.target);
      return now && *now == act.wanted && !is_running(*now);
    };
    if (std::none_of(starts.begin(), starts.end(), needs_start)) return;
    for (const std::size_t index : starts) {
      const Act& act = acts()[index];
      if (!act.target.ends_with(".service") || is_running(act.wanted)) continue;
      again_[index] = true;
      // Where that fails and matters, the socket says so.
      static_cast<void>(host_.set(act.thing, act.target, act.wanted));
    }
  }

  void undo(std::size_t index) {
    const Act& act = acts()[index];
    const State& before = log_.begun.before[index];
    if (before == act.wanted) return;  // never set
    if (log_.undone[index] && !again_[index]) {
      touched_ = true;
      return;
    }
    const Result<State> now = host_.state(act.thing, act.target);
    if (!now) return give_up(index, now.error().message);
    if (*now == before) {
      clean_up(index);
    } else {
      if (!is_ours(index, *now)) {
        if (index > log_.acts.size()) return;  // its turn never came
        if (!order_.force) return leave_alone(index);
      }
      if (!restore(index)) return;
    }
    if (log_.undone[index]) return;  // recorded by an earlier try
    note(journal_, ActUndone{outcome_.run, outcome_.step, static_cast<std::uint32_t>(index)},
         outcome_);
  }

  /// Whether the thing is as this step left it, and not as somebody else did.
  bool is_ours(std::size_t index, const State& now) const {
    return now == acts()[index].wanted ||
           (index < log_.acts.size() && now == log_.acts[index].after);
  }

  /// Whoever was killed in the middle of an act may have left something beside the thing; setting
  /// it once more removes that. Where it cannot be set, nothing was left either.
  void clean_up(std::size_t index) {
    if (index != log_.acts.size()) return;
    const Act& act = acts()[index];
    static_cast<void>(host_.set(act.thing, act.target, log_.begun.before[index]));
  }

  bool restore(std::size_t index) {
    const Act& act = acts()[index];
    const State& before = log_.begun.before[index];
    const Result<> set = host_.set(act.thing, act.target, before);
    if (!set && set.error().code == Errc::conflict && act.wanted.form == Form::folder) {
      outcome_.left.push_back(fmt::format("{}: stays, since something is in it now", name_of(act)));
      return true;
    }
    if (!set) {
      give_up(index, set.error().message);
      return false;
    }
    touched_ = true;
    const Result<State> now = host_.state(act.thing, act.target);
    if (now && *now == before) return true;
    give_up(index, now ? fmt::format("{}: was restored, but is not so when read back; look at it",
                                     name_of(act))
                       : now.error().message);
    return false;
  }

  void leave_alone(std::size_t index) {
    const Act& act = acts()[index];
    const StepBegun* later = later_step(journal_.history(), log_.begun, act);
    outcome_.left.push_back(
        later != nullptr
            ? fmt::format(
                  "{}: left as it is, since step {} of run {} set it later; undo that first",
                  name_of(act), later->step, later->run)
            : fmt::format("{}: left as it is, since somebody changed it after the step; undo with "
                          "force to overwrite it",
                          name_of(act)));
    left_.push_back(static_cast<std::uint32_t>(index));
  }

  void give_up(std::size_t index, std::string why) {
    outcome_.problems.push_back(std::move(why));
    if (order_.give_up) {
      left_.push_back(static_cast<std::uint32_t>(index));
    } else {
      failed_ = true;
    }
  }

  /// False if units must not start: they would not see their restored files.
  bool reload_manager() {
    const auto reload = std::find_if(settles().begin(), settles().end(), [](const Settle& settle) {
      return settle.kind == Settle::Kind::reload_manager;
    });
    if (!touched_ || reload == settles().end()) return true;
    const Result<> done = host_.settle(*reload);
    if (done) return true;
    outcome_.problems.push_back(done.error().message);
    failed_ = !order_.give_up;
    return order_.give_up;
  }

  void settle_units() {
    if (!touched_) return;
    for (const Settle& settle : settles()) {
      if (settle.kind == Settle::Kind::reload_manager) continue;
      const Result<> done = host_.settle(settle);
      if (!done) outcome_.problems.push_back(done.error().message);
    }
  }

  void end() {
    outcome_.stage = Stage::undoing;
    if (failed_) return;
    std::sort(left_.begin(), left_.end());
    outcome_.stage = left_.empty() ? Stage::undone : Stage::partly_undone;
    note(journal_, UndoDone{outcome_.run, outcome_.step, left_}, outcome_);
  }

  ActHost& host_;
  Journal& journal_;
  UndoOrder order_;
  StepOutcome& outcome_;
  StepLog log_;  // a copy: the journal's own changes with each record
  std::vector<std::uint32_t> left_;
  std::vector<bool> again_;  // undone by an earlier try, and to be set once more
  bool touched_ = false;     // something of the step was set at all; else nothing has to settle
  bool failed_ = false;
};

}  // namespace

void undo_step(ActHost& host, Journal& journal, UndoOrder order, StepOutcome& outcome) {
  Undoing(host, journal, order, outcome).run();
}

void note(Journal& journal, Record record, StepOutcome& outcome) {
  if (!journal.takes_records()) return;
  const Result<> done = journal.append(std::move(record));
  if (!done) outcome.problems.push_back(done.error().message);
}

std::string name_of(const Act& act) {
  switch (act.thing) {
    case Thing::file:
      return "file " + act.target;
    case Thing::unit:
      return "unit " + act.target;
    case Thing::sysctl:
      return "sysctl " + act.target;
    case Thing::table:
      return "nftables table " + act.target;
  }
  return act.target;
}

}  // namespace deadlight::execute
