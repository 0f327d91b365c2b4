#include "execute/linux/promise.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace deadlight::execute {
namespace {

constexpr std::uint32_t kFileMode = 0644;
constexpr const char* kTimerFile = "/etc/systemd/system/deadlight-revert.timer";
constexpr const char* kServiceFile = "/etc/systemd/system/deadlight-revert.service";
constexpr const char* kWants = "/etc/systemd/system/timers.target.wants";
constexpr const char* kLink = "/etc/systemd/system/timers.target.wants/deadlight-revert.timer";
/// Where systemd keeps when a persistent timer ran last.
constexpr const char* kStamp = "/var/lib/systemd/timers/stamp-deadlight-revert.timer";

State file_of(std::string content) { return {Form::file, std::move(content), kFileMode, 0, 0}; }

std::string timer_text(std::uint64_t at) {
  return fmt::format(
      "[Unit]\n"
      "Description=Takes back what deadlight changed, unless 'deadlight confirm' comes\n"
      "[Timer]\n"
      "OnCalendar={}\n"
      "OnStartupSec=5s\n"
      "Persistent=true\n"
      "AccuracySec=1s\n",
      utc_text(at));
}

// systemd.syntax(7): a blank, a quote or a '%' in the program's path would part it or be expanded.
std::string quoted(const std::string& path) {
  std::string result = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '%' || c == '$') result += c;
    result += c;
  }
  return result + '"';
}

// The time may come while `apply` still runs and holds the journal, or while something else keeps
// the rollback from its work: it is tried until it is done. A timer that has elapsed does not
// elapse again after a power cut, so that each start of the host asks too, and goes on if the time
// is over. `simple`, since systemd before 244 restarts no `oneshot`.
std::string service_text(std::uint64_t at, const std::string& program,
                         const std::string& arguments) {
  return fmt::format(
      "[Unit]\n"
      "Description=Takes back what deadlight changed\n"
      "StartLimitIntervalSec=0\n"
      "After=multi-user.target\n"
      "[Service]\n"
      "Type=simple\n"
      "Restart=on-failure\n"
      "RestartSec=5s\n"
      "ExecCondition=/bin/sh -c 'test \"$$(date +%%s)\" -ge {}'\n"
      "ExecStart={} {}\n",
      at, quoted(program), arguments);
}

}  // namespace

std::string utc_text(std::uint64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Result<> promise(ActHost& host, std::uint64_t at, const std::string& program,
                 const std::string& arguments) {
  const State wants = DEADLIGHT_TRY(host.state(Thing::file, kWants));
  if (wants.form == Form::absent) {
    DEADLIGHT_TRY(host.set(Thing::file, kWants, {Form::folder, {}, 0755, 0, 0}));
  }
  DEADLIGHT_TRY(host.set(Thing::file, kServiceFile, file_of(service_text(at, program, arguments))));
  DEADLIGHT_TRY(host.set(Thing::file, kTimerFile, file_of(timer_text(at))));
  DEADLIGHT_TRY(host.set(Thing::file, kLink, {Form::link, kTimerFile, 0, 0, 0}));
  DEADLIGHT_TRY(host.settle({Settle::Kind::reload_manager, {}}));
  return host.set(Thing::unit, kPromiseTimer, {Form::value, "active", 0, 0, 0});
}

Result<> drop_promise(ActHost& host) {
  const State timer = DEADLIGHT_TRY(host.state(Thing::file, kTimerFile));
  const State link = DEADLIGHT_TRY(host.state(Thing::file, kLink));
  if (timer.form == Form::absent && link.form == Form::absent) return {};
  // Not the service: it may be what runs this.
  DEADLIGHT_TRY(host.set(Thing::unit, kPromiseTimer, {Form::value, "inactive", 0, 0, 0}));
  for (const char* path : {kLink, kTimerFile, kServiceFile, kStamp}) {
    DEADLIGHT_TRY(host.set(Thing::file, path, {}));
  }
  return host.settle({Settle::Kind::reload_manager, {}});
}

}  // namespace deadlight::execute
