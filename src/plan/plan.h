#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exposure/exposure.h"
#include "knowledge/knowledge.h"

namespace deadlight {

/// The name of a `firewall` change that the program carries out on Linux: nobody but this host and
/// the networks of `data` reaches the socket "tcp 5432" of `target`; one address of it is written
/// "tcp 10.0.0.1:5432", "udp [fd00::1]:53".
inline constexpr std::string_view kScopeRule = "scope";

/// One atomic change as it will be made on this host.
struct PlannedChange {
  knowledge::ChangeKind kind = knowledge::ChangeKind::manual;
  std::string target;  ///< service, registry key, adapter address, unit, file, sysctl, "tcp 5432"
  std::string name;    ///< registry value's name
  std::string type;    ///< "REG_DWORD"; "disabled"
  std::string data;    ///< of a `firewall` change: networks that may still reach it; "" for none
  std::string undo;    ///< in words; undoing writes back what was recorded
  std::vector<std::string> restarts = {};  ///< units that read it anew; '*' as in the target

  /// One line: "registry HKLM\…\NetBT\Parameters SmbDeviceEnabled = 0 (REG_DWORD)".
  std::string text() const;
};

/// `change` as it will be made; each_adapter is not looked at.
PlannedChange planned(const knowledge::ChangeFact& change);

struct Step {
  std::string title;
  knowledge::Phase phase = knowledge::Phase::services;
  std::vector<std::string> closers;  ///< ids; "disable:NAME" for a service without one
  std::vector<PlannedChange> changes;
  bool reboot = false;                  ///< its sockets are gone only after a reboot
  bool restart = false;                 ///< a service has to be restarted
  std::vector<std::string> closes;      ///< endpoints that this step makes disappear
  std::vector<std::string> also_stops;  ///< services that stop with it
  std::vector<std::string> breaks;
  std::vector<std::string> warnings;
  std::string why;
  std::vector<std::string> undo;
  std::vector<std::string> open_after;
};

struct Refused {
  std::string what;  ///< "disable:RpcSs"
  std::string why;
};

struct StuckEndpoint {
  std::string endpoint;
  std::string why;
  std::string scope;  ///< what limits who reaches it: a closer's id and title; may be empty
};

struct NotTaken {
  std::string closer;
  std::string title;
  std::string why;
};

struct Plan {
  Host host;
  Role role;
  std::vector<std::string> open_before;
  std::vector<Step> steps;
  std::vector<std::string> kept;         ///< needed endpoints, with the reason
  std::vector<std::string> local;        ///< loopback only
  std::vector<std::string> unexplained;  ///< verdict unknown: look here first
  std::vector<StuckEndpoint> stuck;
  std::vector<Refused> refused;
  std::vector<NotTaken> not_taken;
  std::vector<Unread> unread;  ///< rows of the evidence that may be open ports too
  std::vector<std::string> notes;

  const std::vector<std::string>& open_after() const {
    return steps.empty() ? open_before : steps.back().open_after;
  }
};

/// The cheapest reversible set of changes that leaves only what the role needs.
/// Errors: `limit` past 4,096 distinct holders.
Result<Plan> make_plan(const Exposure& exposure, const knowledge::Knowledge& kb);
/// The same for one of many hosts; `system` is of the exposure's OS.
Result<Plan> make_plan(const Exposure& exposure, const SystemFacts& system);

/// What changes would do, without a plan.
struct WhatIf {
  Host host;
  std::vector<PlannedChange> changes;
  std::vector<std::string> open_before;
  std::vector<std::string> open_at_once;  ///< before any reboot
  std::vector<std::string> open_after;    ///< after the reboot that the changes need, if any
  std::vector<std::string> closes;
  std::vector<std::string> also_stops;
  std::vector<std::string> breaks;
  std::vector<std::string> warnings;
  std::vector<Unread> unread;  ///< rows of the evidence that may be open ports too
  bool reboot = false;
};

/// `changes`: "disable:SERVICE", "stop:SERVICE" or a closer's id, carried out in that order.
/// Errors: `malformed`, `not_found` (offers near names), `unsupported` on this OS, `refused`.
Result<WhatIf> what_if(const Exposure& exposure, const std::vector<std::string>& changes,
                       const knowledge::Knowledge& kb);

}  // namespace deadlight
