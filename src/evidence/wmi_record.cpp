#include "evidence/wmi_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr unsigned kProcess = 1;
constexpr unsigned kService = 2;
constexpr unsigned kText = 4;
constexpr unsigned kBoth = kProcess | kService;

struct Property {
  std::string_view name;
  unsigned flags;
};

// Sorted without difference of case.
constexpr std::array<Property, 75> kProperties = {{
    {"__CLASS", kBoth},
    {"__DERIVATION", kBoth},
    {"__DYNASTY", kBoth},
    {"__GENUS", kBoth},
    {"__NAMESPACE", kBoth},
    {"__PATH", kBoth},
    {"__PROPERTY_COUNT", kBoth},
    {"__RELPATH", kBoth},
    {"__SERVER", kBoth},
    {"__SUPERCLASS", kBoth},
    {"AcceptPause", kService},
    {"AcceptStop", kService},
    {"Caption", kBoth | kText},
    {"CheckPoint", kService},
    {"CommandLine", kProcess | kText},
    {"CreationClassName", kBoth},
    {"CreationDate", kProcess},
    {"CSCreationClassName", kProcess},
    {"CSName", kProcess},
    {"DelayedAutoStart", kService},
    {"Description", kBoth | kText},
    {"DesktopInteract", kService},
    {"DisplayName", kService | kText},
    {"ErrorControl", kService},
    {"ExecutablePath", kProcess | kText},
    {"ExecutionState", kProcess},
    {"ExitCode", kService},
    {"Handle", kProcess},
    {"HandleCount", kProcess},
    {"InstallDate", kBoth},
    {"KernelModeTime", kProcess},
    {"MaximumWorkingSetSize", kProcess},
    {"MinimumWorkingSetSize", kProcess},
    {"Name", kBoth | kText},
    {"Node", kBoth},
    {"OSCreationClassName", kProcess},
    {"OSName", kProcess | kText},
    {"OtherOperationCount", kProcess},
    {"OtherTransferCount", kProcess},
    {"PageFaults", kProcess},
    {"PageFileUsage", kProcess},
    {"ParentProcessId", kProcess},
    {"PathName", kService | kText},
    {"PeakPageFileUsage", kProcess},
    {"PeakVirtualSize", kProcess},
    {"PeakWorkingSetSize", kProcess},
    {"Priority", kProcess},
    {"PrivatePageCount", kProcess},
    {"ProcessId", kBoth},
    {"QuotaNonPagedPoolUsage", kProcess},
    {"QuotaPagedPoolUsage", kProcess},
    {"QuotaPeakNonPagedPoolUsage", kProcess},
    {"QuotaPeakPagedPoolUsage", kProcess},
    {"ReadOperationCount", kProcess},
    {"ReadTransferCount", kProcess},
    {"ServiceSpecificExitCode", kService},
    {"ServiceType", kService},
    {"SessionId", kProcess},
    {"Started", kService},
    {"StartMode", kService},
    {"StartName", kService | kText},
    {"State", kService},
    {"Status", kBoth},
    {"SystemCreationClassName", kService},
    {"SystemName", kService},
    {"TagId", kService},
    {"TerminationDate", kProcess},
    {"ThreadCount", kProcess},
    {"UserModeTime", kProcess},
    {"VirtualSize", kProcess},
    {"WaitHint", kService},
    {"WindowsVersion", kProcess},
    {"WorkingSetSize", kProcess},
    {"WriteOperationCount", kProcess},
    {"WriteTransferCount", kProcess},
}};

unsigned flags_of(std::string_view name) {
  const auto found = std::lower_bound(
      kProperties.begin(), kProperties.end(), name,
      [](const Property& row, std::string_view wanted) { return iless(row.name, wanted); });
  return found != kProperties.end() && iequals(found->name, name) ? found->flags : 0;
}

std::optional<ServiceState> state_of(std::string_view value) {
  if (iequals(value, "Running")) return ServiceState::running;
  if (iequals(value, "Stopped")) return ServiceState::stopped;
  if (iequals(value, "Paused")) return ServiceState::paused;
  if (value.size() > 8 && iequals(value.substr(value.size() - 8), " Pending")) {
    return ServiceState::pending;
  }
  if (value.empty() || iequals(value, "Unknown")) return ServiceState::unknown;
  return std::nullopt;
}

std::optional<StartType> start_of(std::string_view value) {
  struct Row {
    std::string_view id;
    StartType start;
  };
  constexpr std::array<Row, 7> kRows = {{{"Auto", StartType::automatic},
                                         {"Automatic", StartType::automatic},
                                         {"Manual", StartType::manual},
                                         {"Disabled", StartType::disabled},
                                         {"Boot", StartType::boot},
                                         {"System", StartType::system},
                                         {"", StartType::unknown}}};
  for (const Row& row : kRows) {
    if (iequals(value, row.id)) return row.start;
  }
  return std::nullopt;
}

std::string not_a(std::string_view what, std::string_view value) {
  return fmt::format("'{}' is no {}", shown(value), what);
}

/// The first of two properties that has a value.
std::string_view either(const WmiRecord& record, std::string_view a, std::string_view b) {
  const std::string_view value = wmi_value(record, a);
  return value.empty() ? wmi_value(record, b) : value;
}

std::string add_process(Reading& reading, const WmiRecord& record, Sources sources) {
  // Handle is the process id once more, as text.
  const std::string_view id = either(record, "ProcessId", "Handle");
  const auto pid = number<std::uint32_t>(id);
  if (!pid) return id.empty() ? "the process id is missing" : not_a("process id", id);
  Process process;
  process.pid = *pid;
  process.image = either(record, "Name", "Caption");
  process.path = wmi_value(record, "ExecutablePath");
  process.command_line = wmi_value(record, "CommandLine");
  process.sources = std::move(sources);
  reading.add(std::move(process));
  return {};
}

std::string add_service(Reading& reading, const WmiRecord& record, Sources sources) {
  Service service;
  service.name = wmi_value(record, "Name");
  if (service.name.empty()) return "the name of the service is missing; ask for Name too";
  service.title = either(record, "DisplayName", "Caption");
  service.command = wmi_value(record, "PathName");
  const std::string_view state_text = wmi_value(record, "State");
  const auto state = state_of(state_text);
  if (!state) return not_a("state of a service", state_text);
  service.state = *state;
  if (service.state == ServiceState::unknown && iequals(wmi_value(record, "Started"), "FALSE")) {
    service.state = ServiceState::stopped;
  }
  const std::string_view start_text = wmi_value(record, "StartMode");
  const auto start = start_of(start_text);
  if (!start) return not_a("start mode of a service", start_text);
  service.start = *start;
  if (const std::string_view id = wmi_value(record, "ProcessId"); !id.empty()) {
    const auto pid = number<std::uint32_t>(id);
    if (!pid) return not_a("process id", id);
    if (*pid != 0) service.pid = *pid;  // 0: it does not run
  }
  service.sources = std::move(sources);
  reading.add(std::move(service));
  return {};
}

}  // namespace

bool is_wmi_property(std::string_view name) { return flags_of(name) != 0; }

bool is_wmi_text(std::string_view property) { return (flags_of(property) & kText) != 0; }

WmiClass wmi_class(const std::vector<std::string_view>& properties) {
  unsigned common = kBoth;
  bool has_name = false;
  bool has_pid = false;
  bool has_caption = false;
  for (const std::string_view property : properties) {
    common &= flags_of(property);
    has_name = has_name || iequals(property, "Name");
    has_caption = has_caption || iequals(property, "Caption");
    has_pid = has_pid || iequals(property, "ProcessId");
  }
  if (common == kBoth) {
    return has_pid && (has_name || has_caption) ? WmiClass::unclear : WmiClass::other;
  }
  if (common == kProcess && has_pid) return WmiClass::process;
  if (common == kService && has_name) return WmiClass::service;
  return WmiClass::other;
}

std::string_view wmi_value(const WmiRecord& record, std::string_view property) {
  for (const KeyValue& field : record) {
    if (iequals(field.key, property)) return field.value;
  }
  return {};
}

std::string add_wmi_record(Reading& reading, WmiClass kind, const WmiRecord& record,
                           Sources sources) {
  std::string reason = kind == WmiClass::process ? add_process(reading, record, std::move(sources))
                                                 : add_service(reading, record, std::move(sources));
  std::string& host = reading.snapshot.host.name;
  for (const std::string_view key : {"Node", "CSName", "SystemName", "__SERVER"}) {
    if (reason.empty() && host.empty()) host = wmi_value(record, key);
  }
  return reason;
}

}  // namespace deadlight::evidence
