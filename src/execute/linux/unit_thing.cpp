#include "execute/linux/unit_thing.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/text.h"
#include "host/calls/command.h"

namespace deadlight::execute {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kStopsMax = 3;
constexpr seconds kJobSecondsMax{120};
constexpr seconds kJobSecondsMargin{15};
constexpr milliseconds kFirstMoments{300};
constexpr milliseconds kLookAgain{20};
constexpr seconds kJobSecondsDefault{90};  ///< systemd's own, for kinds of units without a timeout

bool is_socket(std::string_view unit) { return unit.ends_with(".socket"); }

bool runs(const linux_host::Bus::Properties& unit) {
  const std::string_view state = unit.text("ActiveState");
  return state == "active" || state == "activating" || state == "reloading";
}

// Of these systemd knows that the program was begun: what keeps it from its work, it finds out
// itself a moment later.
bool starts_unseen(const linux_host::Bus::Properties& own) {
  const std::string_view type = own.text("Type");
  return type == "simple" || type == "exec" || type == "idle";
}

seconds deadline_of(const linux_host::Bus::Properties& own, std::string_view property) {
  const auto micro = number<std::uint64_t>(own.text(property));
  if (!micro) return kJobSecondsDefault + kJobSecondsMargin;
  const std::uint64_t whole = *micro / 1'000'000;  // "infinity" is the largest number
  if (whole >= static_cast<std::uint64_t>(kJobSecondsMax.count())) return kJobSecondsMax;
  return std::min(kJobSecondsMax, seconds(whole) + kJobSecondsMargin);
}

// What systemctl says of a service's Result.
std::string_view reason_of(std::string_view result) {
  if (result == "exit-code") return "the control process exited with error code";
  if (result == "timeout") return "a timeout was exceeded";
  if (result == "signal") return "a fatal signal was delivered to the control process";
  if (result == "core-dump") return "a fatal signal was delivered causing the process to dump core";
  if (result == "start-limit-hit") return "it was started too often in a short time";
  if (result == "resources") return "of unavailable resources or another system error";
  if (result == "protocol") return "the service did not take the steps required by its unit";
  return {};
}

std::string see(std::string_view unit) {
  return fmt::format("see 'systemctl status {0}' and 'journalctl -xeu {0}'", unit);
}

}  // namespace

Result<State> UnitThing::state(const std::string& unit) {
  const linux_host::Bus::Properties said = DEADLIGHT_TRY(bus_.unit(unit));
  return State{Form::value, runs(said) ? "active" : "inactive", 0, 0, 0};
}

Result<> UnitThing::set(const std::string& unit, const State& to) {
  const bool wants_active = to.content == "active";
  if (!wants_active && to.content != "inactive") {
    return fail(Errc::malformed, fmt::format("{}: '{}' is no state of a unit; give active or "
                                             "inactive",
                                             unit, to.content));
  }
  const State now = DEADLIGHT_TRY(state(unit));
  if ((now.content == "active") == wants_active) return {};
  DEADLIGHT_TRY(reload_if_due());
  if (!wants_active) return stop(unit);
  return is_socket(unit) ? start_socket(unit) : start(unit);
}

Result<> UnitThing::reload_if_due() {
  if (!reload_due_) return {};
  DEADLIGHT_TRY(bus_.reload());
  reload_due_ = false;
  return {};
}

// systemd starts no socket whose service runs. Most services need their socket, so that it runs
// with them; the others stop for it.
Result<std::vector<std::string>> UnitThing::stop_services_of(const std::string& socket) {
  const linux_host::Bus::Properties said = DEADLIGHT_TRY(bus_.unit(socket));
  std::vector<std::string> stopped;
  for (const std::string& service : said.list("Triggers")) {
    const State now = DEADLIGHT_TRY(state(service));
    if (now.content != "active") continue;
    DEADLIGHT_TRY(stop(service));
    stopped.push_back(service);
  }
  return stopped;
}

Result<> UnitThing::start_socket(const std::string& socket) {
  const std::vector<std::string> stopped = DEADLIGHT_TRY(stop_services_of(socket));
  DEADLIGHT_TRY(start(socket));
  for (const std::string& service : stopped) DEADLIGHT_TRY(start(service));
  return {};
}

Result<> UnitThing::restart_socket(const std::string& socket) {
  const std::vector<std::string> stopped = DEADLIGHT_TRY(stop_services_of(socket));
  DEADLIGHT_TRY(restart("RestartUnit", socket));
  for (const std::string& service : stopped) DEADLIGHT_TRY(start(service));
  return {};
}

Result<> UnitThing::start(const std::string& unit) {
  const linux_host::Bus::Properties own = DEADLIGHT_TRY(bus_.own_properties(unit));
  const std::string result =
      DEADLIGHT_TRY(bus_.job("StartUnit", unit, deadline_of(own, "TimeoutStartUSec")));
  DEADLIGHT_TRY(expect(unit, "start", result));
  if (!starts_unseen(own) || DEADLIGHT_TRY(lasts(unit, own))) return {};
  return expect(unit, "start", "failed");
}

// Its port may be taken, by a process of its own that outlived its stop (KillMode=none).
Result<bool> UnitThing::lasts(const std::string& unit, const linux_host::Bus::Properties& own) {
  const milliseconds most = starts_unseen(own) ? kFirstMoments : milliseconds(0);
  for (milliseconds waited{0};; waited += kLookAgain) {
    const linux_host::Bus::Properties said = DEADLIGHT_TRY(bus_.unit(unit));
    if (!runs(said) || said.text("SubState") == "auto-restart") return false;
    if (waited >= most) return true;
    std::this_thread::sleep_for(kLookAgain);
  }
}

Result<> UnitThing::stop(const std::string& unit) {
  const linux_host::Bus::Properties own = DEADLIGHT_TRY(bus_.own_properties(unit));
  // A program that misses it may have it started by D-Bus, which takes the place of the stop.
  for (int tries = 0; tries < kStopsMax; ++tries) {
    const std::string result =
        DEADLIGHT_TRY(bus_.job("StopUnit", unit, deadline_of(own, "TimeoutStopUSec")));
    if (result != "canceled") DEADLIGHT_TRY(expect(unit, "stop", result));
    const State now = DEADLIGHT_TRY(state(unit));
    if (now.content != "active") return {};
  }
  return fail(Errc::refused,
              fmt::format("{}: was stopped {} times and runs again; something starts it: {}", unit,
                          kStopsMax, see(unit)));
}

Result<> UnitThing::expect(const std::string& unit, std::string_view verb,
                           std::string_view result) {
  if (result == "done") return {};
  if (result == "still running") {
    return fail(Errc::refused, fmt::format("{}: does not {}; its job still runs, and systemd goes "
                                           "on with it: {}",
                                           unit, verb, see(unit)));
  }
  if (result == "skipped") {
    return fail(Errc::refused, fmt::format("{}: systemd does not {} it, for a condition in its "
                                           "unit is not met; {}",
                                           unit, verb, see(unit)));
  }
  if (result == "dependency") {
    return fail(Errc::refused, fmt::format("{}: does not {}, for a unit that it needs failed; {}",
                                           unit, verb, see(unit)));
  }
  const Result<linux_host::Bus::Properties> own = bus_.own_properties(unit);
  const std::string_view reason = own ? reason_of(own->text("Result")) : std::string_view();
  return fail(Errc::refused,
              fmt::format("{}: its job to {} failed{}{} ({}); {}", unit, verb,
                          reason.empty() ? "" : " because ", reason, result, see(unit)));
}

Result<> UnitThing::settle(const Settle& settle) {
  switch (settle.kind) {
    case Settle::Kind::reload_manager:
      return reload_if_due();
    case Settle::Kind::restart_unit:
      return restart_checked("TryRestartUnit", settle.unit);
    case Settle::Kind::reload_unit:
      return restart_checked("ReloadOrTryRestartUnit", settle.unit);
  }
  return {};
}

Result<> UnitThing::restart_checked(const std::string& method, const std::string& unit) {
  if (DEADLIGHT_TRY(state(unit)).content != "active") return {};
  DEADLIGHT_TRY(reload_if_due());
  DEADLIGHT_TRY(check(unit));
  return is_socket(unit) ? restart_socket(unit) : restart(method, unit);
}

Result<> UnitThing::restart(const std::string& method, const std::string& unit) {
  const linux_host::Bus::Properties own = DEADLIGHT_TRY(bus_.own_properties(unit));
  const seconds both = deadline_of(own, "TimeoutStopUSec") + deadline_of(own, "TimeoutStartUSec");
  const std::string result = DEADLIGHT_TRY(bus_.job(method, unit, std::min(both, kJobSecondsMax)));
  DEADLIGHT_TRY(expect(unit, "restart", result));
  if (DEADLIGHT_TRY(lasts(unit, own))) return {};
  return fail(Errc::refused,
              fmt::format("{}: does not run after its restart; {}", unit, see(unit)));
}

Result<> UnitThing::check(const std::string& unit) {
  for (const UnitCheck& check : checks_) {
    if (fnmatch(check.unit.c_str(), unit.c_str(), 0) != 0) continue;
    std::vector<std::string> parts;
    for (const std::string_view part : words(check.command)) parts.emplace_back(part);
    if (const auto passed = linux_host::run_command(std::move(parts)); !passed) {
      return fail(Errc::refused, fmt::format("{}: not restarted, its configuration fails its own "
                                             "check: {}",
                                             unit, passed.error().message));
    }
  }
  return {};
}

}  // namespace deadlight::execute
