#pragma once

#include <cstdint>

#include "knowledge/closer_facts.h"
#include "knowledge/fact_types.h"
#include "model/endpoint.h"
#include "model/os.h"
#include "model/snapshot.h"

/// What the knowledge base holds, as plain rows. The text of built-in rows lives in the binary,
/// that of an overlay in its KnowledgeOverlay; the views stay valid as long as those do. Each row
/// is one TOML table under data/; docs/adding-knowledge.md says what each key means.
namespace deadlight::knowledge {

struct SourceFact {
  Text id;     ///< "marchand-2003"
  Text title;  ///< author, title
  Text url;    ///< may be empty
};

/// Something that a host is used for, and that a role can need.
struct CapabilityFact {
  Text id;  ///< "file-sharing-server"
  Text title;
};

enum class ServiceKind { service, driver, process, unit };

/// In which process a service runs that shares no svchost, and how it starts by default.
struct HostedFact {
  OsRange os;
  Text image;  ///< "inetinfo.exe"; empty where a GroupFact says it
  StartType start = StartType::unknown;
};

struct DependencyFact {
  Text service;
  OsRange os;
};

struct ServiceFact {
  Text id;  ///< key name: "W3SVC", "NetBT", "ssh.service"
  Text title;
  ServiceKind kind = ServiceKind::service;
  OsRange os;
  List<Text> aliases;  ///< other names by which tools know it ("srv" for LanmanServer)
  List<HostedFact> hosted;
  List<DependencyFact> depends_on;  ///< stopping one of these stops this service too
  List<Text> coupled;               ///< units that would start it again ("rpcbind.socket")
  List<Text> provides;              ///< capabilities that end when it is off
  Text breaks;                      ///< what stops working when it is off, for a person
  Text protected_because;           ///< not empty: never disabled, and why
  OsRange protected_os;             ///< where that holds; the service's own range by default
  OsRange always_runs;              ///< where it runs on every host; nowhere by default
  List<Text> never_with;            ///< capabilities of a host on which it is never disabled
  Certainty certainty = Certainty::inferred;
  List<Text> sources;

  bool protected_on(Os host) const {
    return !protected_because.empty() && protected_os.contains(host);
  }
};

/// Another name of a service, to find it by.
struct AliasFact {
  Text alias;
  Text id;
};

/// Services that share one process by default.
struct GroupFact {
  OsRange os;
  Text image;  ///< "svchost.exe", "services.exe", "lsass.exe"
  Text group;  ///< svchost -k name; empty for other images
  List<Text> services;
  List<Text> sometimes;  ///< those of `services` that some builds host in another group
  Text account;
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

/// `any`: wildcard address; `adapter`: once for each adapter's address; `each`: those and loopback.
enum class Bind { any, adapter, each, loopback };

/// When the socket goes after its holder let go of it.
enum class Released { stop, reboot };

/// One socket that a feature opens.
struct OpensFact {
  Protocol protocol = Protocol::tcp;
  std::uint16_t port_first = 0;  ///< 0: a dynamic port
  std::uint16_t port_last = 0;   ///< the same as port_first for a fixed port
  OsRange os;
  Bind bind = Bind::any;
  Text holder;       ///< service id: the socket is open while that service runs
  bool rpc = false;  ///< an RPC server's own socket: at most one a process and protocol
  bool held_by_rpc =
      false;  ///< open while any RPC socket of this protocol is (the endpoint mapper)
  bool distinctive = false;  ///< on this OS nothing else is known to open it: names the owner
  bool by_default = false;   ///< open on a default installation
  bool client = false;       ///< a client's socket: it serves nobody
  Released released = Released::stop;

  bool dynamic() const { return port_first == 0; }
  bool matches_port(std::uint16_t port) const { return port >= port_first && port <= port_last; }
};

/// Something that opens sockets.
struct FeatureFact {
  Text id;  ///< "raw-smb"
  Text title;
  Text purpose;
  OsRange os;
  List<OpensFact> opens;
  List<Text> provides;  ///< capabilities for which its sockets must stay open
  Text history;         ///< what has happened to it: history, never a diagnosis of this host
  Text note;            ///< what people get wrong about it
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

/// What a port number is known for. A number alone proves nothing.
struct PortFact {
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  Text windows_owner;
  Text linux_owner;
  Text abuse;
  Text exposure;
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

struct KeepFact {
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  List<Text> from;  ///< who may reach it: "any", "local-subnet", a network
  Text why;
};

/// What a host is for.
struct RoleFact {
  Text id;
  Text title;
  Text purpose;
  Text extends;         ///< another role's id, or empty
  List<Text> needs;     ///< capability ids
  List<KeepFact> keep;  ///< sockets kept whatever holds them
  List<Text> disable;   ///< services or closers wanted off even where they hold no socket
};

}  // namespace deadlight::knowledge
