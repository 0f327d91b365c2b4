#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/facts.h"
#include "knowledge/network_facts.h"
#include "knowledge/os_sign_fact.h"
#include "model/os_sign.h"

namespace deadlight::knowledge {

/// The whole knowledge base. Rows are sorted by id without difference of case (ports by protocol
/// and number, RPC interfaces by UUID, suffixes by number). A small value: copying copies views
/// only. Safe to read from any thread.
struct Knowledge {
  List<SourceFact> sources;
  List<CapabilityFact> capabilities;
  List<ServiceFact> services;
  List<AliasFact> aliases;  ///< of all services, sorted by alias
  List<GroupFact> groups;
  List<FeatureFact> features;
  List<CloserFact> closers;
  List<PortFact> ports;
  List<RoleFact> roles;
  List<RpcInterfaceFact> rpc;
  List<NetbiosSuffixFact> netbios;
  List<SmbTransportFact> smb;
  List<OsSignFact> os_signs;
  PortRegistry registry;

  const SourceFact* source(Text id) const;
  const CapabilityFact* capability(Text id) const;
  /// By id or alias; an instance of a template unit ("ifup@eth0.service") by its template.
  const ServiceFact* service(Text id_or_alias) const;
  const FeatureFact* feature(Text id) const;
  const CloserFact* closer(Text id) const;
  const PortFact* port(Protocol protocol, std::uint16_t number) const;
  const RoleFact* role(Text id) const;
  /// Every row of that UUID, in either case, with or without braces. Services that share a process
  /// answer on each other's endpoints: a row names a service of the process, not of the port.
  List<RpcInterfaceFact> rpc_interfaces(Text uuid) const;
  List<NetbiosSuffixFact> netbios_suffixes(std::uint8_t suffix) const;
  /// The name that the number is registered for; no evidence of who opened it.
  std::optional<RegisteredName> registered(Protocol protocol, std::uint16_t number) const;

  /// The id of the service that goes by this name; the name itself if the base has none.
  std::string service_id(Text id_or_alias) const;
  /// The default group of `service` on `os`, or nullptr for one with a process of its own. The
  /// first of several if builds of that system differ: groups_of() has them all.
  const GroupFact* group_of(Text service, Os os) const;
  std::vector<const GroupFact*> groups_of(Text service, Os os) const;
  /// The image that hosts `service` on `os` by default; empty if not known. Drivers: "System".
  Text image_of(const ServiceFact& service, Os os) const;
  /// What `os_signs` says, for a reader of evidence. Names are those of the rows.
  std::vector<OsSign> signs() const;
};

/// The knowledge base that was compiled in. Costs nothing: its rows are constant data.
const Knowledge& builtin();

/// Owns the text of rows read from TOML.
class Overlay;
struct OverlayDeleter {
  void operator()(Overlay* overlay) const;
};
using OverlayPtr = std::unique_ptr<Overlay, OverlayDeleter>;

/// A knowledge base together with the owner of its text.
struct Loaded {
  OverlayPtr owner;
  Knowledge knowledge;  ///< views into `owner` and into `base`
  std::string role_id;  ///< of the role that load_role() read; else empty
};

/// Reads every .toml below `folder`; a row with the id of a row in `base` replaces it.
/// Errors name file, line and key: `malformed` (also an unknown key), `not_found`, `io`, `limit`.
Result<Loaded> load(const std::filesystem::path& folder, const Knowledge& base);

/// Reads one role from TOML text, as `--role FILE` takes it. The role's own `extends` may name a
/// role of `base`. Errors as for `load`; `name` stands for the file.
Result<Loaded> load_role(std::string_view toml, std::string_view name, const Knowledge& base);

/// Everything that is wrong with `knowledge`, one line each: broken references, closers without
/// reverse, source or OS range, ids twice, … Empty if it is sound.
std::vector<std::string> check(const Knowledge& knowledge);

/// The C++ text of a file that defines `builtin()` with these rows.
std::string to_cpp(const Knowledge& knowledge);

}  // namespace deadlight::knowledge
