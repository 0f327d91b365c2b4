#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <thread>

#include "cli/commands.h"
#include "cli/live_run.h"
#include "cli/live_session.h"
#include "cli/output.h"
#include "drift/drift_watch.h"

namespace deadlight::cli {
namespace {

volatile std::sig_atomic_t end_asked = 0;

void ask_to_end(int) { end_asked = 1; }

std::string now_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

Result<> tell(const std::vector<Drift>& rows, const Exposure& now, bool json) {
  for (const Drift& row : rows) {
    const std::string line = json ? report::drift_json_line(row, now_text(), now, now)
                                  : fmt::format("{} {}\n", now_text(), report::drift_line(row));
    DEADLIGHT_TRY(print(line, ""));
  }
  return {};
}

Result<int> watch(const WatchArgs& args) {
  std::signal(SIGINT, ask_to_end);
  std::signal(SIGTERM, ask_to_end);
  Session session = DEADLIGHT_TRY(open_session(args.common));
  Exposure first = DEADLIGHT_TRY(exposure_of(session));
  const auto open = std::count_if(first.endpoints.begin(), first.endpoints.end(), is_listed);
  say(fmt::format("{} open now; what changes is told here, Ctrl-C ends it",
                  open == 1 ? std::string("1 port is") : fmt::format("{} ports are", open)));
  DriftWatch watch(std::move(first));
  while (end_asked == 0) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    session.snapshot = DEADLIGHT_TRY(live_snapshot(args.common.live, session.role, session.kb));
    const Exposure now = DEADLIGHT_TRY(exposure_of(session));
    DEADLIGHT_TRY(tell(watch.see(now, DriftWatch::Clock::now()), now, args.common.json));
  }
  return kExitInterrupted;
}

}  // namespace

int run_watch(const WatchArgs& args) {
  const Result<int> code = watch(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
