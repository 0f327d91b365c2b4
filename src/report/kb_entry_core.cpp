#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "knowledge/names.h"
#include "knowledge/row_id.h"
#include "report/closer_text.h"
#include "report/kb_entry.h"

namespace deadlight::report {
namespace {

using namespace knowledge;

std::string rated(std::string_view text, Certainty certainty) {
  return fmt::format("{} ({})", text, certainty_id(certainty));
}

std::string bind_text(Bind bind) {
  switch (bind) {
    case Bind::any:
      return "on every address";
    case Bind::adapter:
      return "on each adapter's address";
    case Bind::each:
      return "on each address, loopback too";
    case Bind::loopback:
      return "on loopback";
  }
  return "";
}

std::string opens_text(const OpensFact& opens) {
  std::string text =
      fmt::format("{} {}, {}", socket_of(opens), bind_text(opens.bind), opens.os.text());
  if (!opens.holder.empty()) text += fmt::format(", held by {}", opens.holder);
  if (opens.held_by_rpc) text += ", open while any RPC server listens";
  if (opens.rpc) text += ", an RPC server's own port";
  if (opens.client) text += ", a client's socket";
  if (opens.distinctive) text += ", names its owner";
  if (opens.by_default) text += ", open by default";
  if (opens.released == Released::reboot) text += ", closes at the next start";
  return text;
}

std::string hosted_text(const HostedFact& hosted) {
  std::string text = fmt::format("{}:", hosted.os.text());
  if (!hosted.image.empty()) text += fmt::format(" {}", hosted.image);
  if (hosted.start != StartType::unknown) {
    text +=
        fmt::format("{} {}", hosted.image.empty() ? "" : ",", name_of(kStartTypes, hosted.start));
  }
  return text;
}

std::string target_text(const TargetFact& target) {
  if (target.all) return std::string(target.feature);
  const std::string_view protocol = protocol_id(target.protocol);
  if (target.rpc) return fmt::format("{}: its RPC port, {}", target.feature, protocol);
  if (target.port == 0) return fmt::format("{}: {}", target.feature, protocol);
  return fmt::format("{}: {} {}", target.feature, protocol, target.port);
}

bool disables(const CloserFact& closer, std::string_view service) {
  return std::any_of(closer.changes.begin(), closer.changes.end(), [&](const ChangeFact& change) {
    return (change.kind == ChangeKind::service || change.kind == ChangeKind::unit) &&
           iequals(change.target, service);
  });
}

std::string closer_line(const CloserFact& closer) {
  return rated(fmt::format("{}: {}, {}", closer.id, closer.title, closer.os.text()),
               closer.certainty);
}

template <class Accept>
std::vector<std::string> closer_lines(const Knowledge& kb, Accept accept) {
  std::vector<std::string> lines;
  for (const CloserFact& closer : kb.closers) {
    if (accept(closer)) lines.push_back(closer_line(closer));
  }
  return lines;
}

// The sockets that `accept` takes, each behind its feature.
template <class Accept>
std::vector<std::string> socket_lines(const Knowledge& kb, Accept accept) {
  std::vector<std::string> lines;
  for (const FeatureFact& feature : kb.features) {
    for (const OpensFact& opens : feature.opens) {
      if (!accept(opens)) continue;
      lines.push_back(
          rated(fmt::format("{}: {}", feature.id, opens_text(opens)), feature.certainty));
    }
  }
  return lines;
}

std::vector<std::string> dependents_of(const ServiceFact& service, const Knowledge& kb) {
  std::vector<std::string> lines;
  for (const ServiceFact& other : kb.services) {
    for (const DependencyFact& dependency : other.depends_on) {
      if (!iequals(dependency.service, service.id)) continue;
      lines.push_back(fmt::format("{}, {}", other.id, dependency.os.text()));
    }
  }
  return lines;
}

std::vector<std::string> hosts_of(const ServiceFact& service, const Knowledge& kb) {
  std::vector<std::string> lines;
  for (const HostedFact& hosted : service.hosted) lines.push_back(hosted_text(hosted));
  for (const GroupFact& group : kb.groups) {
    const auto member = std::find_if(group.services.begin(), group.services.end(), [&](Text name) {
      return iequals(name, service.id) || lists(service.aliases, name);
    });
    if (member == group.services.end()) continue;
    const bool sometimes = lists(group.sometimes, *member);
    lines.push_back(rated(fmt::format("{}: {}{}{}", group.os.text(), group.image,
                                      group.group.empty() ? "" : fmt::format(" -k {}", group.group),
                                      sometimes ? ", on some builds" : ""),
                          group.certainty));
  }
  return lines;
}

void add_network(KbEntry& entry, const ServiceFact& service, const Knowledge& kb) {
  std::vector<std::string> interfaces;
  for (const RpcInterfaceFact& row : kb.rpc) {
    if (!lists(row.services, service.id)) continue;
    interfaces.push_back(
        rated(fmt::format("{} {}, {}", row.uuid, row.name, row.os.text()), row.certainty));
  }
  entry.list("rpc_interfaces", "RPC", std::move(interfaces));
  std::vector<std::string> suffixes;
  for (const NetbiosSuffixFact& row : kb.netbios) {
    if (iequals(row.service, service.id)) suffixes.push_back(rated(row_id(row), row.certainty));
  }
  entry.list("netbios_suffixes", "NetBIOS name", std::move(suffixes));
}

std::string smb_line(const SmbTransportFact& row) {
  return rated(fmt::format("{}, {}, {}: {}", row.os.text(), smb_side_id(row.side), row.setting,
                           row.behaviour),
               row.certainty);
}

bool is_smb(std::uint16_t port) { return port == 445 || (port >= 137 && port <= 139); }

}  // namespace

std::string socket_of(const OpensFact& opens) {
  const std::string_view protocol = protocol_id(opens.protocol);
  if (opens.dynamic()) return fmt::format("{} dynamic", protocol);
  if (opens.port_first == opens.port_last) return fmt::format("{} {}", protocol, opens.port_first);
  return fmt::format("{} {}-{}", protocol, opens.port_first, opens.port_last);
}

KbEntry entry_of(const ServiceFact& row, const Knowledge& kb) {
  KbEntry entry{"service", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.text("type", "Type", name_of(kServiceKinds, row.kind));
  entry.text("os", "Systems", row.os.text());
  entry.list("aliases", "Also called", row.aliases);
  entry.list("hosts", "Runs in", hosts_of(row, kb));
  std::vector<std::string> needs;
  for (const DependencyFact& dependency : row.depends_on) {
    needs.push_back(fmt::format("{}, {}", dependency.service, dependency.os.text()));
  }
  entry.list("depends_on", "Needs", std::move(needs));
  entry.list("dependents", "Needed by", dependents_of(row, kb));
  entry.list("coupled", "Started by", row.coupled);
  entry.list("provides", "Provides", row.provides);
  entry.list("opens", "Opens", socket_lines(kb, [&row](const OpensFact& opens) {
               return iequals(opens.holder, row.id);
             }));
  add_network(entry, row, kb);
  entry.list("closers", "Closers", closer_lines(kb, [&row](const CloserFact& closer) {
               return disables(closer, row.id);
             }));
  entry.text("breaks", "Without it", row.breaks);
  entry.text("protected_because", "Protected", row.protected_because);
  entry.text("protected_os", "Protected on",
             row.protected_because.empty() ? "" : row.protected_os.text());
  entry.text("always_runs", "Always runs on",
             row.always_runs.from == Os::unknown ? "" : row.always_runs.text());
  entry.list("never_with", "Never with", row.never_with);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const FeatureFact& row, const Knowledge& kb) {
  KbEntry entry{"feature", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.text("purpose", "Purpose", row.purpose);
  entry.text("os", "Systems", row.os.text());
  std::vector<std::string> opens;
  for (const OpensFact& fact : row.opens) opens.push_back(opens_text(fact));
  entry.list("opens", "Opens", std::move(opens));
  entry.list("provides", "Provides", row.provides);
  entry.list("closers", "Closers", closer_lines(kb, [&row](const CloserFact& closer) {
               return std::any_of(
                   closer.targets.begin(), closer.targets.end(),
                   [&row](const TargetFact& target) { return iequals(target.feature, row.id); });
             }));
  entry.text("history", "History", row.history);
  entry.text("note", "Note", row.note);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const CloserFact& row, const Knowledge&) {
  KbEntry entry{"closer", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.text("os", "Systems", row.os.text());
  entry.text("phase", "Phase", phase_title(row.phase));
  entry.text("effect", "Effect", effect_text(row.effect));
  entry.text("when", "Takes effect", when_text(row.when));
  std::vector<std::string> targets;
  for (const TargetFact& target : row.targets) targets.push_back(target_text(target));
  entry.list("targets", "Acts on", std::move(targets));
  std::vector<std::string> changes;
  std::vector<std::string> undo;
  for (const ChangeFact& change : row.changes) {
    changes.push_back(change_line(change));
    undo.emplace_back(change.reverse);
  }
  entry.list("changes", "Change", std::move(changes));
  entry.list("loses", "Ends", row.loses);
  entry.text("breaks", "Breaks", row.breaks);
  entry.text("limits", "Limits", row.limits);
  entry.list("companions", "Together with", row.companions);
  entry.list("never_with", "Never with", row.never_with);
  entry.text("refused_because", "Refused", row.refused_because);
  entry.list("undo", "Undo", std::move(undo));
  entry.rests_on(row);
  return entry;
}

KbEntry port_entry(Protocol protocol, std::uint16_t port, const Knowledge& kb) {
  const PortFact* row = kb.port(protocol, port);
  const PortFact none;
  const PortFact& fact = row == nullptr ? none : *row;
  KbEntry entry{"port", fmt::format("{}/{}", port, protocol_id(protocol)), {}, {}, {}, {}};
  if (row != nullptr) entry.rests_on(fact);
  const auto registered = kb.registered(protocol, port);
  if (registered) {
    entry.text("registered", "Registered",
               rated(registered->description.empty()
                         ? std::string(registered->name)
                         : fmt::format("{}, {}", registered->name, registered->description),
                     Certainty::documented));
    for (const Text source : kb.registry.sources) {
      if (!lists(fact.sources, source)) entry.sources.push_back(source);
    }
  } else {
    entry.text("registered", "Registered", "");
  }
  entry.text("windows", "On Windows", fact.windows_owner);
  entry.text("linux", "On Linux", fact.linux_owner);
  entry.list("opened_by", "Opened by", socket_lines(kb, [=](const OpensFact& opens) {
               return opens.protocol == protocol && !opens.dynamic() && opens.matches_port(port);
             }));
  entry.text("abuse", "Abuse", fact.abuse);
  entry.text("exposure", "Exposure", fact.exposure);
  std::vector<std::string> smb;
  for (const SmbTransportFact& transport : kb.smb) {
    if (is_smb(port)) smb.push_back(smb_line(transport));
  }
  entry.list("smb_transports", "SMB", std::move(smb));
  return entry;
}

KbEntry entry_of(const PortFact& row, const Knowledge& kb) {
  return port_entry(row.protocol, row.port, kb);
}

}  // namespace deadlight::report
