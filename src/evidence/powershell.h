#pragma once

#include <cstddef>
#include <string_view>

#include "evidence/json_objects.h"
#include "evidence/powershell_facts.h"

/// The forms in which PowerShell prints records. Each function looks at one line of the facts'
/// reading where its form may begin, and returns the line behind what it took; the same line if
/// that is no record of ours.
namespace deadlight::evidence {

constexpr std::string_view kPowerShellKind = "powershell";

/// `line` is the ruler below a heading.
std::size_t read_powershell_table(PsFacts& facts, std::size_t line);
/// `line` may be a heading whose ruler was lost; only tables of sockets are read without it.
std::size_t read_powershell_bare_table(PsFacts& facts, std::size_t line);
/// `line` has a property's name, a blank and a colon; its record begins there or above, but not
/// before `from`. Returns the line behind the record also if it is not read.
std::size_t read_powershell_list(PsFacts& facts, std::size_t line, std::size_t from);
/// `line` may be the header.
std::size_t read_powershell_csv(PsFacts& facts, std::size_t line);
/// True if the object, or one inside of it, is a record.
bool take_powershell_object(PsFacts& facts, const JsonObject& object, const PsHint& hint);

}  // namespace deadlight::evidence
