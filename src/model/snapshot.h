#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/endpoint.h"
#include "model/os.h"

namespace deadlight {

/// A file that facts were read from, or a system call.
struct Evidence {
  std::string name;  ///< path as given, "-" for standard input, or "/proc/net/tcp"
  std::string kind;  ///< reader's id: "netstat", "tasklist", …; several joined by "+"
};

struct Process {
  std::uint32_t pid = 0;
  std::string image;                  ///< "svchost.exe"
  std::string path;                   ///< full path where a tool names it
  std::vector<std::string> services;  ///< what the system says it hosts (tasklist /svc, sc)
  bool services_known = false;        ///< true: `services` is complete, also when empty
  Sources sources;
  std::string command_line = {};  ///< with arguments: "svchost.exe -k netsvcs"
  std::string package = {};       ///< Linux: that brought the program: "nginx-light 1.22.1-9"
};

enum class ServiceState { unknown, running, stopped, paused, pending };
std::string_view service_state_id(ServiceState state);
std::optional<ServiceState> parse_service_state(std::string_view id);

/// Windows start types (Start in the registry: 0 to 4); for units: enablement.
enum class StartType { unknown, boot, system, automatic, manual, disabled };
std::string_view start_type_id(StartType start);
std::optional<StartType> parse_start_type(std::string_view id);

/// A Windows service or driver, or a systemd unit, as the host has it.
struct Service {
  std::string name;  ///< key name, never the translated display name: "Dnscache", "ssh.service"
  std::string title;
  ServiceState state = ServiceState::unknown;
  StartType start = StartType::unknown;
  std::optional<std::uint32_t> pid;
  std::vector<std::string> depends_on;
  Sources sources;
  std::string command = {};    ///< what starts it: "C:\WINNT\System32\svchost.exe -k netsvcs"
  Boxed<UnitState> unit = {};  ///< of a systemd unit, where the running system was asked
};

/// A running service that is named by its title alone, as `net start` prints it. Titles are
/// translated.
struct StartedTitle {
  std::string title;
  Sources sources;
};

/// One registry value.
struct Setting {
  std::string key;   ///< "HKLM\SYSTEM\CurrentControlSet\Services\NetBT\Parameters"
  std::string name;  ///< empty for the default value
  std::string type;  ///< "REG_DWORD"
  std::string data;  ///< numbers in decimal; strings of REG_MULTI_SZ joined by ';'
  Sources sources;
};

/// One entry of an RPC endpoint map (what rpcdump prints).
struct RpcEndpoint {
  std::string interface_id;  ///< UUID in lower case, without braces
  std::string version;       ///< "1.0"; empty if the tool names none
  std::string annotation;    ///< "IPSec Policy agent endpoint"; what the server says of itself
  std::string sequence;      ///< "ncacn_ip_tcp", "ncadg_ip_udp", "ncacn_np", "ncalrpc", …
  std::string address;       ///< as the map names it; may be empty
  std::string endpoint;      ///< "1025", "\\PIPE\\atsvc"
  Sources sources;
};

/// A URL that HTTP.sys serves for a process, or that is set apart for one.
struct HttpUrl {
  std::string url;                  ///< "http://+:5985/wsman/", lower case
  bool reserved = false;            ///< a reservation (urlacl); else registered by a process now
  std::vector<std::uint32_t> pids;  ///< of the request queue that serves it
  std::string account;              ///< of a reservation: "NT AUTHORITY\\NETWORK SERVICE"
  std::string queue;                ///< name of the request queue: "DefaultAppPool"
  Sources sources;
};

struct FirewallRule {
  std::string name;
  bool enabled = false;
  bool inbound = false;
  bool allow = false;
  std::string protocol;    ///< "tcp", "udp", "any", a number
  std::string local_port;  ///< "80,443", "rpc", "any": as the tool prints it, lower case
  std::string remote;      ///< "any", "localsubnet", networks
  std::string profiles;    ///< "domain,private"
  std::string program;
  std::string service;
  Sources sources;
};

/// What a scan from outside saw of one port.
enum class Answer { open, closed, filtered, open_or_filtered, unfiltered };
std::string_view answer_id(Answer answer);
std::optional<Answer> parse_answer(std::string_view id);

struct OutsidePort {
  Protocol protocol = Protocol::tcp;
  Address address;  ///< of the host that was asked
  std::uint16_t port = 0;
  Answer answer = Answer::open;
  std::string service;  ///< what the scanner takes it for; no proof
  Sources sources;
};

/// A socket of the live host whose address is no IP address and port: VSOCK, packet, raw.
struct OtherSocket {
  std::string family;         ///< "vsock", "packet", "raw"
  std::string local;          ///< "cid 3 port 1024", "eth0, every protocol", "0.0.0.0, icmp"
  std::string state;          ///< "listening", "bound", "established"
  std::string net_namespace;  ///< as in LiveFacts
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> pid;
  std::string process;
  std::string unit;
  Sources sources;
};

/// A line of evidence that was not understood. Nothing read is dropped without one.
struct Unread {
  std::string file;
  std::uint32_t line = 0;  ///< from 1; 0 for the file as a whole
  std::string reason;
  friend bool operator==(const Unread&, const Unread&) = default;
};

/// Lines of text around the tables: headings of other tools, prose, prompts of other commands.
struct Skipped {
  std::string file;
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;  ///< included
};

/// How the system is known. `guessed`: several are possible, and `os` stands for them; what depends
/// on the version is then no proof. `derived`: it follows from the evidence. `given`: the user or a
/// live host says so.
enum class OsConfidence { unknown, guessed, derived, given };
std::string_view os_confidence_id(OsConfidence confidence);
std::optional<OsConfidence> parse_os_confidence(std::string_view id);

struct Host {
  std::string name;
  Os os = Os::unknown;
  std::string os_basis;  ///< how the OS is known: "--os", "PID 8 holds port 445", …
  OsConfidence os_confidence = OsConfidence::unknown;
};

/// All that is known of one host at one time.
struct Snapshot {
  Host host;
  std::vector<Evidence> evidence;
  std::vector<Endpoint> endpoints;
  std::vector<Process> processes;
  std::vector<Service> services;
  std::vector<StartedTitle> started;
  bool started_known =
      false;  ///< `started` names every running service: what is not in it is stopped
  std::vector<Setting> settings;
  std::vector<RpcEndpoint> rpc;
  std::vector<HttpUrl> urls;
  std::vector<FirewallRule> firewall;
  std::vector<OutsidePort> outside;
  std::vector<OtherSocket> other_sockets;
  std::vector<Unread> unread;
  std::vector<Skipped> skipped;
  std::vector<std::string> notes;  ///< contradictions and limits that a person should know

  const Process* process(std::uint32_t pid) const;      ///< nullptr if not known
  const Service* service(std::string_view name) const;  ///< no difference of case
  const Setting* setting(std::string_view key, std::string_view name) const;
};

/// One order for the same facts, whatever order they were read in; equal facts become one.
void normalise(Snapshot& snapshot);

}  // namespace deadlight
