#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deadlight::execute {

/// What an act sets. `file`: a path, with what is there (a file, a link, a folder, nothing).
/// `unit`: whether a systemd unit runs. `sysctl`: a value under /proc/sys, without restart.
/// `table`: an nftables table ("inet deadlight"), its rules as text.
enum class Thing { file, unit, sysctl, table };

enum class Form { absent, file, link, folder, value };

/// What a thing is at one moment, byte for byte, "nothing there" included: enough to bring it back.
struct State {
  Form form = Form::absent;
  /// A file's bytes, a link's target, "active" or "inactive" of a unit, a sysctl's value, the
  /// table's rules. Empty for a folder.
  std::string content;
  std::uint32_t mode = 0;  ///< permission bits; files and folders only
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  friend bool operator==(const State&, const State&) = default;
};

/// Brings one thing into one state. Atomic: seen from outside it is done or not done.
struct Act {
  Thing thing = Thing::file;
  std::string target;  ///< absolute path, unit name, sysctl name with dots, table with family
  State wanted;
};

/// Makes running programs see what was set. Has no state of its own, so it is done after the acts
/// of a step both when the step is carried out and when it is undone.
struct Settle {
  enum class Kind { reload_manager, restart_unit, reload_unit };
  Kind kind = Kind::reload_manager;
  std::string unit;  ///< empty for the manager; units that do not run are left alone
};

/// One step of a plan as this host carries it out, in order. Undone in the opposite order.
struct StepActs {
  std::string title;
  std::vector<Act> acts;
  std::vector<Settle> settles;
};

/// A host whose things can be looked at and set. `host/linux` has the live one; tests have one in
/// memory that fails where it is told to. One thread.
class ActHost {
 public:
  virtual ~ActHost() = default;

  /// Errors: `denied`, `io`, `unsupported` (no service manager here), `limit` for a file past 4
  /// MiB.
  virtual Result<State> state(Thing thing, const std::string& target) = 0;

  /// Sets it, durably for files (synced before it returns). Setting what is already so is no error.
  /// Errors: as state(); `refused` by the system; `conflict` for a folder that is not empty.
  virtual Result<> set(Thing thing, const std::string& target, const State& to) = 0;

  /// Errors: `io`, `refused`, `unsupported`.
  virtual Result<> settle(const Settle& settle) = 0;
};

}  // namespace deadlight::execute
