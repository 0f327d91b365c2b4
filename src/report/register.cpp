#include "report/register.h"

#include <algorithm>

#include "report/exposure_groups.h"

namespace deadlight::report {
namespace {

constexpr std::string_view kInsecureOnly = "PCI DSS 2.2.5";

constexpr Control kControls[] = {
    {"CIS 4.8", "CIS Critical Security Controls v8, safeguard 4.8",
     "Uninstall or disable services that are not needed.",
     "Center for Internet Security, CIS Critical Security Controls version 8 (2021)"},
    {"NIST CM-7", "NIST SP 800-53 Revision 5, control CM-7, least functionality",
     "Restrict ports, protocols, services and functions to what the mission needs.",
     "NIST Special Publication 800-53 Revision 5 (2020)"},
    {"PCI DSS 1.2.5", "PCI DSS 4.0, requirement 1.2.5",
     "Services, protocols and ports that are allowed are identified, approved, and have a defined "
     "business need.",
     "PCI Security Standards Council, PCI DSS version 4.0 (March 2022)"},
    {"PCI DSS 2.2.4", "PCI DSS 4.0, requirement 2.2.4",
     "Only necessary services, protocols, daemons and functions are enabled.",
     "PCI Security Standards Council, PCI DSS version 4.0 (March 2022)"},
    {kInsecureOnly, "PCI DSS 4.0, requirement 2.2.5",
     "Insecure services have a documented business justification, and further measures that lower "
     "the risk.",
     "PCI Security Standards Council, PCI DSS version 4.0 (March 2022)"},
    {"NERC CIP-007 R1", "NERC CIP-007-6, requirement R1, part 1.1",
     "Where technically feasible, only logical network accessible ports that were determined to "
     "be needed are enabled, including ranges and services for dynamic ports.",
     "North American Electric Reliability Corporation, CIP-007-6"},
};

// FTP, Telnet, POP3, IMAP and SNMP v1 and v2 are the examples that PCI DSS 4.0 itself gives of
// insecure services (requirement 1.2.6, guidance).
constexpr std::string_view kClearTextFeatures[] = {
    "iis-ftp",       "ftp-linux", "telnet-server", "telnet-linux", "pop3-server",
    "exchange-imap", "dovecot",   "snmp",          "snmp-linux",
};

bool is_clear_text(std::string_view feature) {
  return std::find(std::begin(kClearTextFeatures), std::end(kClearTextFeatures), feature) !=
         std::end(kClearTextFeatures);
}

std::vector<const Control*> controls_of(const Exposed& row) {
  std::vector<std::string_view> features;
  for (const knowledge::Holder& holder : row.holders) features.emplace_back(holder.feature);
  return controls_for(features);
}

std::vector<std::string> allowed_from(const Endpoint& endpoint, const Role& role) {
  for (const Keep& keep : role.keep) {
    if (keep.protocol == endpoint.protocol && endpoint.has_port(keep.port)) return keep.from;
  }
  return {};
}

}  // namespace

std::span<const Control> controls() { return kControls; }

std::span<const std::string_view> clear_text_features() { return kClearTextFeatures; }

std::vector<const Control*> controls_for(std::span<const std::string_view> features) {
  const bool insecure = std::any_of(features.begin(), features.end(), is_clear_text);
  std::vector<const Control*> result;
  for (const Control& control : kControls) {
    if (insecure || control.id != kInsecureOnly) result.push_back(&control);
  }
  return result;
}

std::vector<RegisterEntry> justification_register(const Exposure& exposure,
                                                  const knowledge::Knowledge& kb) {
  std::vector<RegisterEntry> entries;
  for (const Exposed& row : exposure.endpoints) {
    if (!is_listed(row) || row.verdict != Verdict::needed) continue;
    RegisterEntry entry;
    entry.row = &row;
    entry.owner = owner_title(row, kb);
    entry.reason = row.verdict_reason;
    entry.from = allowed_from(row.endpoint, exposure.role);
    entry.places = places_of(row.endpoint, exposure.evidence);
    entry.controls = controls_of(row);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace deadlight::report
