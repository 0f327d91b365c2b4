#include "cli/hosts.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "base/text_width.h"
#include "cli/host_rows.h"
#include "cli/output.h"
#include "exposure/system_facts.h"

namespace deadlight::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHostsMax = 1'000'000;
constexpr std::size_t kNameWidthMin = 4;
constexpr std::size_t kNameWidthMax = 32;
constexpr unsigned kJobsMax = 256;
constexpr std::size_t kAheadMax = 64;  ///< hosts for each worker that may wait to be printed
constexpr auto kProgressInterval = std::chrono::milliseconds(200);

std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

/// Ctrl-C ends the list early instead of the program; a second one ends that.
class InterruptGuard {
 public:
  InterruptGuard() {
    struct sigaction action {};
    action.sa_handler = [](int) { g_interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, &before_);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

Result<std::vector<fs::path>> host_folders(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code error;
  fs::directory_iterator entries(parent, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) folders.push_back(entries->path());
    if (folders.size() > kHostsMax) {
      return fail(Errc::limit, fmt::format("{}: more than {} folders; give a part of them",
                                           parent.string(), kHostsMax));
    }
  }
  if (error) {
    return fail(Errc::denied, fmt::format("{}: cannot list the folder: {}; check the rights",
                                          parent.string(), error.message()));
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// Standard output, or a file that is there only once all of it is.
class Sink {
 public:
  static Result<Sink> open(const std::string& place) {
    Sink sink;
    if (!place.empty() && place != "-") sink.file_ = DEADLIGHT_TRY(FileWriter::create(place));
    return sink;
  }
  Result<> write(const std::string& text) { return file_ ? file_->write(text) : print(text, {}); }
  bool is_standard_output() const { return !file_; }
  Result<> close() { return file_ ? file_->commit() : Result<>(); }

 private:
  std::optional<FileWriter> file_;
};

/// Looks at hosts with several threads and prints them in order. Few wait in memory at a time.
class HostsRun {
 public:
  HostsRun(const HostsArgs& args, const Session& session, std::vector<fs::path> folders, Os os)
      : args_(&args),
        session_(&session),
        folders_(std::move(folders)),
        os_(os),
        systems_(session.kb),
        style_(style_for(args.common.output)) {
    for (const fs::path& folder : folders_) {
      const int columns = columns_in(printable(folder.filename().string()));
      name_width_ = std::max(name_width_, static_cast<std::size_t>(columns));
    }
    name_width_ = std::min(name_width_, kNameWidthMax);
    const unsigned wanted =
        args.common.jobs > 0 ? args.common.jobs : std::thread::hardware_concurrency();
    jobs_ = std::clamp<std::size_t>(wanted, 1, std::min<std::size_t>(kJobsMax, folders_.size()));
  }

  Result<int> run() {
    sink_ = DEADLIGHT_TRY(Sink::open(args_->common.output));
    if (!args_->common.json) put(host_heading(name_width_));
    {
      const InterruptGuard guard;
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < jobs_; ++i) workers.emplace_back([this] { work(); });
    }
    show_progress(true);
    const bool interrupted = g_interrupted.exchange(false);
    if (interrupted) summary_.interrupt(folders_.size() - printed_);
    put(args_->common.json ? summary_.json() : summary_.text(style_));
    DEADLIGHT_TRY(Result<>(failure_));
    DEADLIGHT_TRY(sink_->close());
    if (interrupted) return kExitInterrupted;
    if (summary_.read() == 0) return kExitUsage;
    return summary_.has_findings() ? kExitFindings : kExitClean;
  }

 private:
  void work() {
    for (;;) {
      const std::size_t index = next_++;
      if (index >= folders_.size() || !may_start(index)) return;
      deliver(index, examine(folders_[index]));
    }
  }

  // Waits while too many hosts are ready that a slow one before them keeps from being printed.
  bool may_start(std::size_t index) {
    std::unique_lock lock(mutex_);
    printed_more_.wait(lock, [&] { return index < printed_ + kAheadMax * jobs_ || stopped_; });
    stopped_ = stopped_ || g_interrupted;
    if (stopped_) printed_more_.notify_all();
    return !stopped_;
  }

  HostRow examine(const fs::path& folder) {
    HostRow row;
    row.name = folder.filename().string();
    row.folder = folder.string();
    try {
      if (const Result<> done = plan_for(row); !done) row.error = done.error();
    } catch (const std::bad_alloc&) {
      row.error = Error{Errc::limit, "out of memory; use fewer --jobs or smaller files"};
    }
    return row;
  }

  Result<> plan_for(HostRow& row) {
    const Snapshot snapshot = DEADLIGHT_TRY(load_snapshot({row.folder}, os_, session_->kb));
    DEADLIGHT_TRY(check_lists_sockets(snapshot));
    const SystemFacts& system = systems_.of(snapshot.host.os);
    const Exposure exposure = expose(snapshot, session_->role, system);
    const Plan plan = DEADLIGHT_TRY(make_plan(exposure, system));
    describe(row, exposure, plan);
    if (args_->common.json) {
      row.json =
          args_->exposure_json ? report::exposure_json(exposure, style_) : report::plan_json(plan);
    }
    return {};
  }

  void deliver(std::size_t index, HostRow row) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(index, std::move(row));
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == printed_;
         first = waiting_.erase(first)) {
      summary_.add(first->second);
      put(args_->common.json ? host_json(first->second) : host_line(first->second, name_width_));
      ++printed_;
    }
    if (!failure_ || reader_is_gone()) stopped_ = true;
    printed_more_.notify_all();
    show_progress(false);
  }

  void put(const std::string& line) {
    if (failure_) failure_ = sink_->write(line + "\n");
  }

  // print() takes a closed pipe as the end; then nobody wants the other hosts.
  bool reader_is_gone() const {
    pollfd output{STDOUT_FILENO, 0, 0};
    return sink_->is_standard_output() && poll(&output, 1, 0) > 0 &&
           (output.revents & POLLERR) != 0;
  }

  // Only for a person who sees no lines appear: they are progress enough.
  void show_progress(bool end) {
    if (isatty(STDERR_FILENO) == 0 || isatty(STDOUT_FILENO) == 1) return;
    const auto now = std::chrono::steady_clock::now();
    if (!end && now - shown_ < kProgressInterval) return;
    shown_ = now;
    std::fputs(
        fmt::format("\r{} of {} hosts{}", printed_, folders_.size(), end ? "\n" : "").c_str(),
        stderr);
  }

  const HostsArgs* args_;
  const Session* session_;
  std::vector<fs::path> folders_;
  Os os_;
  AllSystems systems_;
  report::Style style_;
  std::size_t name_width_ = kNameWidthMin;
  std::size_t jobs_ = 1;
  std::atomic<std::size_t> next_ = 0;

  std::mutex mutex_;  ///< guards what follows while workers run
  std::condition_variable printed_more_;
  std::map<std::size_t, HostRow> waiting_;
  std::size_t printed_ = 0;
  bool stopped_ = false;
  std::optional<Sink> sink_;
  Result<> failure_;  ///< what became of the output
  HostSummary summary_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace

bool names_many_hosts(const CommonArgs& args) {
  std::error_code error;
  if (args.from.size() != 1 || !args.experiments.empty() ||
      !fs::is_directory(args.from.front(), error))
    return false;
  bool folders = false;
  fs::directory_iterator entries(args.from.front(), error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) {
      folders = true;
    } else if (!entries->path().filename().string().starts_with('.')) {
      return false;
    }
  }
  return folders && !error;
}

Result<int> run_hosts(const HostsArgs& args) {
  const Session session = DEADLIGHT_TRY(open_base(args.common));
  const Os os = DEADLIGHT_TRY(os_of(args.common.os));
  std::vector<fs::path> folders = DEADLIGHT_TRY(host_folders(args.common.from.front()));
  return HostsRun(args, session, std::move(folders), os).run();
}

}  // namespace deadlight::cli
