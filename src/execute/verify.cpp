#include "execute/verify.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_set>
#include <utility>

#include "execute/undo.h"

namespace deadlight::execute {
namespace {

using Texts = std::vector<std::string>;

void sort_out(const Texts& expected, const std::unordered_set<std::string_view>& open,
              Texts& if_open, Texts& if_closed) {
  for (const std::string& endpoint : expected) {
    (open.contains(endpoint) ? if_open : if_closed).push_back(endpoint);
  }
}

}  // namespace

Verified verify(const Expectations& expected, const Texts& open) {
  Verified result;
  result.reboot_pending = expected.reboot_pending;
  const std::unordered_set<std::string_view> now(open.begin(), open.end());
  sort_out(expected.gone, now, result.regressed, result.closed);
  sort_out(expected.kept, now, result.kept, result.lost);
  std::unordered_set<std::string_view> known(expected.gone.begin(), expected.gone.end());
  known.insert(expected.kept.begin(), expected.kept.end());
  std::copy_if(open.begin(), open.end(), std::back_inserter(result.appeared),
               [&known](const std::string& endpoint) { return !known.contains(endpoint); });
  return result;
}

Altered altered_since(const RunLog& run, ActHost& host) {
  Altered result;
  std::set<std::pair<Thing, std::string_view>> seen;
  for (auto step = run.steps.rbegin(); step != run.steps.rend(); ++step) {
    if (step->stage != Stage::done) continue;
    const std::vector<Act>& acts = step->begun.planned.what.acts;
    for (std::size_t i = step->acts.size(); i-- > 0;) {
      const Act& act = acts[step->acts[i].act];
      if (!seen.emplace(act.thing, act.target).second) continue;
      const Result<State> now = host.state(act.thing, act.target);
      if (!now) {
        result.unseen.push_back(now.error().message);
      } else if (*now != step->acts[i].after) {
        result.things.push_back(name_of(act));
      }
    }
  }
  return result;
}

bool stands(const StepLog& step) {
  return step.stage == Stage::done || step.stage == Stage::partly_undone;
}

bool stands(const RunLog& run) {
  return std::any_of(run.steps.begin(), run.steps.end(),
                     [](const StepLog& step) { return stands(step); });
}

const RunLog* last_standing(const History& history) {
  const auto run = std::find_if(history.runs().rbegin(), history.runs().rend(),
                                [](const RunLog& one) { return stands(one); });
  return run == history.runs().rend() ? nullptr : &*run;
}

const RunLog* awaiting_confirmation(const History& history) {
  const auto run = std::find_if(history.runs().begin(), history.runs().end(),
                                [](const RunLog& one) { return one.awaits_confirmation(); });
  return run == history.runs().end() ? nullptr : &*run;
}

}  // namespace deadlight::execute
