#pragma once

#include <string>
#include <vector>

#include "execute/act.h"
#include "host/calls/bus.h"

namespace deadlight::execute {

/// What has to succeed before a unit is restarted: its daemon's own check of its configuration.
struct UnitCheck {
  std::string unit;     ///< may hold '*': "postgresql@*.service"
  std::string command;  ///< absolute path and arguments, without a shell: "/usr/sbin/sshd -t"
};

/// Units of the running systemd: whether they run. One thread.
class UnitThing {
 public:
  explicit UnitThing(std::vector<UnitCheck> checks) : checks_(std::move(checks)) {}

  /// "active" (also on its way there) or "inactive", also if there is no such unit: whether there
  /// is one is a matter of files, and a step may write them. Errors: `unsupported` without systemd,
  /// `malformed`, `denied`.
  Result<State> state(const std::string& unit);

  /// Starts or stops it and waits: as long as the unit allows itself and 15 s, at most 120 s. A
  /// socket whose service runs is started by way of stopping that service and starting it again:
  /// systemd starts none otherwise.
  /// Errors: as state(); `refused` with what systemd says and where to read more.
  Result<> set(const std::string& unit, const State& to);

  /// Errors: as set(). A unit whose check fails is not restarted.
  Result<> settle(const Settle& settle);

  /// Tells that a unit's files were changed: they are read again before the next start or stop.
  void files_changed() { reload_due_ = true; }

 private:
  Result<> reload_if_due();
  Result<> start(const std::string& unit);
  Result<bool> lasts(const std::string& unit, const linux_host::Bus::Properties& own);
  Result<> stop(const std::string& unit);
  Result<> restart_checked(const std::string& method, const std::string& unit);
  Result<> restart(const std::string& method, const std::string& unit);
  Result<> start_socket(const std::string& socket);
  Result<> restart_socket(const std::string& socket);
  Result<std::vector<std::string>> stop_services_of(const std::string& socket);
  Result<> check(const std::string& unit);
  Result<> expect(const std::string& unit, std::string_view verb, std::string_view result);

  linux_host::Bus bus_;
  bool reload_due_ = true;  ///< what an earlier run changed is not known
  std::vector<UnitCheck> checks_;
};

}  // namespace deadlight::execute
