#pragma once

#include <span>

#include "knowledge/facts.h"
#include "knowledge/network_facts.h"
#include "knowledge/os_sign_fact.h"

/// The words of the TOML for each enumeration, in one place for reading and writing. Each word is
/// spelled like its enumerator.
namespace deadlight::knowledge {

template <class Enum>
struct Name {
  Enum value;
  Text id;
};
template <class Enum>
using Names = std::span<const Name<Enum>>;

inline constexpr Name<Certainty> kCertainties[] = {
    {Certainty::documented, "documented"},
    {Certainty::community, "community"},
    {Certainty::inferred, "inferred"},
};
inline constexpr Name<ServiceKind> kServiceKinds[] = {
    {ServiceKind::service, "service"},
    {ServiceKind::driver, "driver"},
    {ServiceKind::process, "process"},
    {ServiceKind::unit, "unit"},
};
inline constexpr Name<StartType> kStartTypes[] = {
    {StartType::automatic, "automatic"}, {StartType::manual, "manual"},
    {StartType::disabled, "disabled"},   {StartType::boot, "boot"},
    {StartType::system, "system"},       {StartType::unknown, "unknown"},
};
inline constexpr Name<Protocol> kProtocols[] = {{Protocol::tcp, "tcp"}, {Protocol::udp, "udp"}};
inline constexpr Name<Bind> kBinds[] = {
    {Bind::any, "any"},
    {Bind::adapter, "adapter"},
    {Bind::each, "each"},
    {Bind::loopback, "loopback"},
};
inline constexpr Name<Released> kReleased[] = {
    {Released::stop, "stop"},
    {Released::reboot, "reboot"},
};
inline constexpr Name<Phase> kPhases[] = {
    {Phase::services, "services"}, {Phase::netbt, "netbt"}, {Phase::smb, "smb"},
    {Phase::rpc, "rpc"},           {Phase::dcom, "dcom"},   {Phase::leftovers, "leftovers"},
};
inline constexpr Name<Effect> kEffects[] = {
    {Effect::release, "release"}, {Effect::narrow, "narrow"}, {Effect::scope, "scope"},
    {Effect::move, "move"},       {Effect::harden, "harden"},
};
inline constexpr Name<When> kWhens[] = {
    {When::now, "now"},
    {When::restart, "restart"},
    {When::reboot, "reboot"},
};
inline constexpr Name<ChangeKind> kChangeKinds[] = {
    {ChangeKind::service, "service"},       {ChangeKind::registry, "registry"},
    {ChangeKind::adapter, "adapter"},       {ChangeKind::firewall, "firewall"},
    {ChangeKind::user_right, "user_right"}, {ChangeKind::unit, "unit"},
    {ChangeKind::config, "config"},         {ChangeKind::dropin, "dropin"},
    {ChangeKind::sysctl, "sysctl"},         {ChangeKind::manual, "manual"},
};
inline constexpr Name<NetbiosType> kNetbiosTypes[] = {
    {NetbiosType::unique, "unique"},
    {NetbiosType::group, "group"},
    {NetbiosType::wildcard, "wildcard"},
};
inline constexpr Name<Edition> kEditions[] = {
    {Edition::any, "any"},
    {Edition::client, "client"},
    {Edition::server, "server"},
};
inline constexpr Name<SmbSide> kSmbSides[] = {
    {SmbSide::client, "client"},
    {SmbSide::server, "server"},
    {SmbSide::both, "both"},
};

template <class Enum, std::size_t Count>
Text name_of(const Name<Enum> (&names)[Count], Enum value) {
  for (const Name<Enum>& name : names) {
    if (name.value == value) return name.id;
  }
  return {};
}

}  // namespace deadlight::knowledge
