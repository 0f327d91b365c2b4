#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/columns.h"
#include "evidence/reading.h"

namespace deadlight::evidence {

/// What WMI says of one object: Win32_Process, Win32_Service or Win32_SystemDriver. Names and
/// states of WMI are never translated.
using WmiRecord = std::vector<KeyValue>;

/// `unclear`: the properties belong to processes and services alike ("Name", "ProcessId").
enum class WmiClass { other, unclear, process, service };

/// True if one of these classes has a property of this name; no difference of case.
bool is_wmi_property(std::string_view name);
/// True for properties whose values are free text, which may hold commas and blanks.
bool is_wmi_text(std::string_view property);

/// The class that has all these properties, if its objects can be told by them: a name or a process
/// id must be among them.
WmiClass wmi_class(const std::vector<std::string_view>& properties);

/// The value of a property; empty if the record does not have it.
std::string_view wmi_value(const WmiRecord& record, std::string_view property);

/// Adds the process or service of a record. Returns why it could not; empty if it did.
std::string add_wmi_record(Reading& reading, WmiClass kind, const WmiRecord& record,
                           Sources sources);

}  // namespace deadlight::evidence
