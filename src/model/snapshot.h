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
  std::vector<SourceRef> sources;
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
  std::vector<SourceRef> sources;
};

/// One registry value.
struct Setting {
  std::string key;   ///< "HKLM\SYSTEM\CurrentControlSet\Services\NetBT\Parameters"
  std::string name;  ///< empty for the default value
  std::string type;  ///< "REG_DWORD"
  std::string data;  ///< numbers in decimal; strings of REG_MULTI_SZ joined by ';'
  std::vector<SourceRef> sources;
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

struct Host {
  std::string name;
  Os os = Os::unknown;
  std::string os_basis;  ///< how the OS is known: "--os", "PID 8 holds port 445", …
};

/// All that is known of one host at one time.
struct Snapshot {
  Host host;
  std::vector<Evidence> evidence;
  std::vector<Endpoint> endpoints;
  std::vector<Process> processes;
  std::vector<Service> services;
  std::vector<Setting> settings;
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
