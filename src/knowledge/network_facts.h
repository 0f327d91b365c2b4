#pragma once

#include <cstdint>

#include "knowledge/fact_types.h"
#include "model/endpoint.h"
#include "model/os.h"

/// What the network shows of a host: RPC interfaces, NetBIOS names, ports of SMB, registered names
/// of ports. Views as in facts.h.
namespace deadlight::knowledge {

/// Who answers to the UUID of an RPC interface. A UUID can have several rows: another service on
/// other systems, or two services that use the same one.
struct RpcInterfaceFact {
  Text uuid;     ///< lower case, without braces
  Text version;  ///< "1.0"
  Text name;
  OsRange os;           ///< where it has been seen; not proof that others lack it
  List<Text> services;  ///< ids; one of them is in the process; empty: any program may be
  Text process;         ///< for a person: "svchost.exe -k rpcss"
  List<Text> transports;
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

/// `wildcard` stands in queries only.
enum class NetbiosType { unique, group, wildcard };
std::string_view netbios_type_id(NetbiosType type);

/// What the 16th byte of a NetBIOS name says of the host that registered it.
struct NetbiosSuffixFact {
  std::uint8_t suffix = 0;
  NetbiosType type = NetbiosType::unique;
  Text form;  ///< "<computer>", "<domain>", or a fixed name
  Text title;
  Text service;  ///< id of the service that registers it; empty where the base has none
  Text meaning;
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

enum class SmbSide { client, server, both };
std::string_view smb_side_id(SmbSide side);

/// Which ports SMB uses on a system with certain settings.
struct SmbTransportFact {
  OsRange os;
  SmbSide side = SmbSide::server;
  Text setting;  ///< "NetBIOS off, SMBDeviceEnabled=0"
  Text behaviour;
  Text tcp139;
  Text tcp445;
  Text udp137;
  Text udp138;
  Text note;
  Certainty certainty = Certainty::inferred;
  List<Text> sources;
};

/// Where the name of one port stands in PortRegistry::pages.
struct RegisteredPort {
  std::uint16_t port = 0;
  std::uint16_t begin = 0;  ///< of the name in its page; the description follows
  std::uint8_t page = 0;
  std::uint8_t name_size = 0;
  std::uint8_t description_size = 0;
  bool tcp = false;
  bool udp = false;
};

/// What a port is registered for. Anybody may use the number for something else.
struct RegisteredName {
  Text name;
  Text description;
};

/// The registry of port numbers. A few long texts instead of thousands of short ones: the program
/// has no pointers to them that the system would have to adjust at start-up.
struct PortRegistry {
  List<Text> pages;
  List<RegisteredPort> ports;  ///< by number
  List<Text> sources;
};

}  // namespace deadlight::knowledge
