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

enum class ChangeKind { service, registry, adapter, firewall, user_right, unit, config, manual };
std::string_view change_kind_id(ChangeKind kind);

/// One atomic change. `reverse` is said in words; undoing uses what was recorded before.
struct ChangeFact {
  ChangeKind kind = ChangeKind::manual;
  Text target;  ///< service; registry key; unit; file; rule name; command for `manual`
  Text name;    ///< registry value's name
  Text type;    ///< REG_DWORD …; "disabled" for a service
  Text data;
  Text reverse;
  bool each_adapter = false;  ///< once for each adapter with an affected socket
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
