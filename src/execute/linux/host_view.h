#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "execute/act.h"
#include "execute/linux/root.h"
#include "host/calls/bus.h"

namespace deadlight::execute {

/// What systemd says of a unit.
struct UnitFacts {
  std::string id;  ///< its own name, whichever of its names was asked for
  std::vector<std::string> names;
  bool there = false;
  bool masked = false;
  bool active = false;
  bool transient = false;     ///< made by a program at run time: gone for good once stopped
  bool refuses_stop = false;  ///< RefuseManualStop=yes: systemd stops it for nobody
  std::vector<std::string> triggered_by;   ///< its sockets, paths and timers
  std::vector<std::string> triggers;       ///< what it starts, if it is one of these
  std::vector<std::string> stops_with_it;  ///< units that stop when it is stopped
  std::vector<std::string> pulled_in_by;   ///< units that start it when they start
};

class UnitSource {
 public:
  virtual ~UnitSource() = default;
  /// Errors: `unsupported` without systemd, `malformed` for no unit name, `denied`.
  virtual Result<UnitFacts> facts(const std::string& unit) = 0;
};

/// Those of the running systemd.
class LiveUnits : public UnitSource {
 public:
  Result<UnitFacts> facts(const std::string& unit) override;

 private:
  linux_host::Bus bus_;
};

/// What a step is translated by. Refers to its parts, which must outlive it.
struct HostView {
  const Root& root;
  UnitSource& units;
  std::vector<std::string> local_networks;  ///< what "local-subnet" stands for: "10.0.0.0/24"
  std::vector<std::string> login_path;      ///< units that are not stopped: the caller is in them
};

/// Networks of this host's own interfaces, loopback left out. Empty if they cannot be read.
std::vector<std::string> own_networks();

/// This process and those that it was started from, PID 1 left out, by /proc below `root`.
std::vector<std::uint32_t> ancestors(const Root& root);

/// Units that this process and its ancestors run in, by /proc below `root`: to stop one of them
/// ends the session by which this host is changed ("session-3.scope", "ssh.service").
std::vector<std::string> login_path(const Root& root);

/// A step as this host carries it out.
struct Translation {
  StepActs step;
  std::vector<std::string> by_hand;   ///< changes that are for a person, in words
  std::vector<std::string> left_out;  ///< changes that do not apply to this host, with the reason
};

/// Appends what is not there yet.
void add_settle(StepActs& step, const Settle& settle);

}  // namespace deadlight::execute
