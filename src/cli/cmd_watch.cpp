#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <string>
#include <thread>
#include <utility>

#include "cli/commands.h"
#include "cli/live_run.h"
#include "cli/live_session.h"
#include "cli/output.h"
#include "drift/drift_watch.h"
#include "host/linux/bind_events.h"

namespace deadlight::cli {
namespace {

volatile std::sig_atomic_t end_asked = 0;

void ask_to_end(int) { end_asked = 1; }

/// When to look at the sockets: as soon as something happens to them where the kernel tells it,
/// else once a second.
class Pace {
 public:
  explicit Pace(Result<linux_host::BindEvents> events) : events_(std::move(events)) {}

  /// `missing`: something is gone of which it is to be told soon. `took`: how long the last look
  /// did.
  void wait(bool missing, DriftWatch::Clock::duration took) {
    if (!events_) return std::this_thread::sleep_for(kPoll);
    rest(took);
    // A socket that ends is told of the moment before: one more look.
    constexpr std::chrono::milliseconds kSettled{200};
    if (std::exchange(happened_, false)) {
      happened_ = events_->wait(kSettled);
      return;
    }
    // Not every change is told of: raw sockets, rules, what a process hands to another.
    constexpr int kLookEvery = 30;
    for (int polls = 0; polls < (missing ? 1 : kLookEvery) && end_asked == 0; ++polls) {
      happened_ = events_->wait(kPoll);
      if (happened_) return;
    }
  }

 private:
  using Duration = DriftWatch::Clock::duration;
  static constexpr std::chrono::seconds kPoll{1};
  static constexpr Duration kCreditMax = std::chrono::milliseconds(300);

  // Where sockets come and go all the time, a tenth of one processor goes to looking at them.
  void rest(Duration took) {
    constexpr int kShare = 10;
    const auto now = DriftWatch::Clock::now();
    credit_ = std::min<Duration>(credit_ + (now - credited_) / kShare, kCreditMax) - took;
    credited_ = now;
    if (credit_ < Duration::zero()) {
      std::this_thread::sleep_for(std::min<Duration>(-credit_ * kShare, kPoll));
    }
  }

  Result<linux_host::BindEvents> events_;
  bool happened_ = false;         ///< just before the last look
  Duration credit_ = kCreditMax;  ///< what may be spent on looks before one has to wait
  DriftWatch::Clock::time_point credited_ = DriftWatch::Clock::now();
};

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

Result<linux_host::BindEvents> events_for(const LiveArgs& args) {
  if (args.no_bpf) return fail(Errc::unsupported, "as asked for");
  return linux_host::BindEvents::open();
}

Result<int> watch(const WatchArgs& args) {
  std::signal(SIGINT, ask_to_end);
  std::signal(SIGTERM, ask_to_end);
  // Before the first look, so that nothing falls between.
  Result<linux_host::BindEvents> events = events_for(args.common.live);
  const std::string how =
      events ? "at once" : fmt::format("within a second ({})", events.error().message);
  Pace pace(std::move(events));
  Session session = DEADLIGHT_TRY(open_session(args.common));
  Exposure first = DEADLIGHT_TRY(exposure_of(session));
  const auto open = std::count_if(first.endpoints.begin(), first.endpoints.end(), is_listed);
  say(fmt::format("{} open now; what opens is told {}, Ctrl-C ends it",
                  open == 1 ? std::string("1 port is") : fmt::format("{} ports are", open), how));
  DriftWatch watch(std::move(first));
  DriftWatch::Clock::duration took{};
  for (pace.wait(false, took); end_asked == 0; pace.wait(watch.waits(), took)) {
    const auto start = DriftWatch::Clock::now();
    session.snapshot = DEADLIGHT_TRY(live_snapshot(args.common.live, session.role, session.kb));
    const Exposure now = DEADLIGHT_TRY(exposure_of(session));
    DEADLIGHT_TRY(tell(watch.see(now, DriftWatch::Clock::now()), now, args.common.json));
    took = DriftWatch::Clock::now() - start;
  }
  return kExitInterrupted;
}

}  // namespace

int run_watch(const WatchArgs& args) {
  const Result<int> code = watch(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
