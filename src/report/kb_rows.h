#pragma once

#include <algorithm>
#include <vector>

#include "report/kb_entry.h"
#include "report/kb_text.h"

namespace deadlight::report {

inline constexpr KbKind kAllKbKinds[] = {
    KbKind::services, KbKind::features,     KbKind::closers, KbKind::ports,
    KbKind::roles,    KbKind::capabilities, KbKind::groups,  KbKind::rpc,
    KbKind::netbios,  KbKind::smb,          KbKind::signs,   KbKind::sources,
};

inline bool applies(OsRange range, Os os) { return os == Os::unknown || range.contains(os); }

// A port row has no range; it says who opens the port on Windows and on Linux.
inline bool applies(const knowledge::PortFact& row, Os os) {
  if (os == Os::unknown) return true;
  return !(is_windows(os) ? row.windows_owner : row.linux_owner).empty();
}
inline bool applies(const knowledge::OsSignFact& row, Os os) {
  return os == Os::unknown || row.systems().has(os);
}
template <class Row>
bool applies(const Row& row, Os os) {
  if constexpr (requires { row.os; }) {
    return applies(row.os, os);
  } else {
    return true;
  }
}

/// Calls `visit(row)` for each row of `kind` that is there on `os`.
template <class Visit>
void each_row(KbKind kind, Os os, const knowledge::Knowledge& kb, Visit visit) {
  const auto all = [&](const auto& rows) {
    for (const auto& row : rows) {
      if (applies(row, os)) visit(row);
    }
  };
  switch (kind) {
    case KbKind::services:
      return all(kb.services);
    case KbKind::features:
      return all(kb.features);
    case KbKind::closers:
      return all(kb.closers);
    case KbKind::ports:
      return all(kb.ports);
    case KbKind::roles:
      return all(kb.roles);
    case KbKind::capabilities:
      return all(kb.capabilities);
    case KbKind::groups:
      return all(kb.groups);
    case KbKind::rpc:
      return all(kb.rpc);
    case KbKind::netbios:
      return all(kb.netbios);
    case KbKind::smb:
      return all(kb.smb);
    case KbKind::signs:
      return all(kb.os_signs);
    case KbKind::sources:
      return all(kb.sources);
  }
}

std::string_view kb_kind_id(KbKind kind);
std::size_t count_rows(KbKind kind, Os os, const knowledge::Knowledge& kb);
/// Errors: `malformed` for an OS with a kind whose rows are the same on every system.
Result<> check_query(const KbQuery& query);

/// What a person means by `subject`. Errors as of kb_show_text().
Result<std::vector<KbEntry>> find_entries(std::string_view subject, const knowledge::Knowledge& kb);

}  // namespace deadlight::report
