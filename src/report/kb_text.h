#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "knowledge/loader.h"
#include "report/report.h"

/// The knowledge base itself, as text for a person and as JSON. Nothing here knows of a host.
namespace deadlight::report {

enum class KbKind {
  services,
  features,
  closers,
  ports,
  roles,
  capabilities,
  groups,
  rpc,
  netbios,
  smb,
  signs,
  sources,
};

/// "services", as `kb list` takes it. Errors: `malformed`, names the kinds there are.
Result<KbKind> parse_kb_kind(std::string_view id);

struct KbQuery {
  std::optional<KbKind> kind;  ///< none: how many rows of each kind
  Os os = Os::unknown;         ///< unknown: of every system
};

/// Errors: `malformed` for an OS with a kind whose rows are the same on every system.
Result<std::string> kb_list_text(const KbQuery& query, const knowledge::Knowledge& kb,
                                 const Style& style);
Result<std::string> kb_list_json(const KbQuery& query, const knowledge::Knowledge& kb);

/// Everything known of a service, feature, closer, role, capability, group, source, sign of a
/// system, port ("445/tcp"), RPC interface (by UUID) or NetBIOS suffix ("<20>"). Errors:
/// `not_found` (with names that are near), `malformed`.
Result<std::string> kb_show_text(std::string_view subject, const knowledge::Knowledge& kb,
                                 const Style& style);
Result<std::string> kb_show_json(std::string_view subject, const knowledge::Knowledge& kb);

/// One problem a line, or what was read. `path` is empty for the built-in base.
std::string kb_check_text(std::string_view path, const knowledge::Checked& checked);
std::string kb_check_json(std::string_view path, const knowledge::Checked& checked);

}  // namespace deadlight::report
