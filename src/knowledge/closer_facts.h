#pragma once

#include <cstdint>
#include <string_view>

#include "knowledge/fact_types.h"
#include "model/endpoint.h"
#include "model/os.h"

namespace deadlight::knowledge {

/// Order of a plan: what needs no reboot first.
enum class Phase { services, netbt, smb, rpc, dcom, leftovers };
std::string_view phase_title(Phase phase);

/// `release`: the sockets go; `narrow`: they move to loopback; `scope`: a firewall limits who
/// reaches them; `move`: they get other ports; `harden`: they stay, something behind them changes.
enum class Effect { release, narrow, scope, move, harden };
std::string_view effect_id(Effect effect);

enum class When { now, restart, reboot };
std::string_view when_id(When when);

enum class ChangeKind {
  service,
  registry,
  adapter,
  firewall,
  user_right,
  unit,
  config,  ///< lines of a file; carried out by the program only with EditFact::line
  dropin,  ///< a file of the program's own, which a daemon reads beside its main one
  sysctl,
  manual
};
std::string_view change_kind_id(ChangeKind kind);

/// How a daemon's configuration on Linux is changed, for `config` and `dropin`. Files are absolute
/// paths in which '*' stands for any part of a name; what it stood for in the first file takes the
/// place of the '*' in the others. Patterns are regular expressions for single lines
/// (base/pattern).
struct EditFact {
  Text content;             ///< `dropin`: of the file; `config`: what a matching line becomes
  Text line;                ///< lines that set the same
  List<Text> files;         ///< where these may stand, besides the change's own file
  List<Text> overruled_by;  ///< files in which such a line would win: then it cannot be done
  Text unclear;             ///< a line that may not be left: what it does cannot be decided
  Text block;               ///< "server": in each `server { … }` such a line has to stand,
  Text block_needs;         ///< or a default applies, which no line shows
  bool continued = false;   ///< a line that begins with a blank belongs to the one before it
  Text main;                ///< `dropin`: the file that has to be there
  Text includes;            ///< `dropin`: a line of it that makes the daemon read the own file
  Text check;               ///< the daemon's own check, run before a restart
  List<Text> restart;       ///< units
};

/// One atomic change. `reverse` is said in words; undoing uses what was recorded before.
struct ChangeFact {
  ChangeKind kind = ChangeKind::manual;
  Text target;  ///< service; registry key; unit; file; sysctl; rule; command for `manual`
  Text name;    ///< registry value's name
  Text type;    ///< REG_DWORD …; "disabled" for a service
  Text data;
  Text reverse;
  bool each_adapter = false;  ///< once for each adapter with an affected socket
  EditFact edit;

  /// True if it says no more than what a person has to do.
  bool by_hand() const {
    return kind == ChangeKind::manual || (kind == ChangeKind::config && edit.line.empty());
  }
};

/// Sockets that a closer acts on: all of a feature, or one protocol or port of it.
struct TargetFact {
  Text feature;
  bool all = true;  ///< every socket of the feature
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;  ///< 0 with `all` false: every socket of that protocol
  bool rpc = false;        ///< only sockets of RPC servers
};

struct CloserFact {
  Text id;  ///< "smb_device_disable"
  Text title;
  OsRange os;
  Phase phase = Phase::services;
  Effect effect = Effect::release;
  When when = When::now;
  List<TargetFact> targets;  ///< besides what stopping the services in `changes` lets go
  List<ChangeFact> changes;
  List<Text> loses;  ///< capabilities that end, besides those of the services in `changes`
  Text breaks;
  Text limits;            ///< where it is known not to work, or not to close
  List<Text> companions;  ///< closers that belong into the same step unless the role forbids them
  Text refused_because;   ///< not empty: known, and never done
  List<Text> never_with;  ///< capabilities of a host on which it is never done
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

}  // namespace deadlight::knowledge
