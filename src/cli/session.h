#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "exposure/exposure.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"
#include "report/report.h"

namespace deadlight::cli {

/// Exit codes: docs/deadlight.1.
constexpr int kExitClean = 0;
constexpr int kExitFindings = 1;
constexpr int kExitUsage = 2;
constexpr int kExitRefused = 3;

/// Options that every command shares.
struct CommonArgs {
  std::vector<std::string> from;  ///< files, folders, "-"; empty: this host
  std::string os;
  std::string role = "closed";
  std::vector<std::string> keep;
  std::string knowledge;  ///< overlay folder, or empty
  std::string output;     ///< file, or empty for standard output
  bool json = false;
  bool verbose = false;
};

/// What a command works on, loaded from CommonArgs. Owns the text behind `kb`.
struct Session {
  std::vector<knowledge::OverlayPtr> overlays;
  knowledge::Knowledge kb;
  Role role;
  Snapshot snapshot;
};

/// A row that was not understood may be an open port: then nobody may say that all is well.
bool has_unread_row(const std::vector<Unread>& unread);

/// Errors as of the knowledge base, role and evidence that the arguments name.
Result<Session> open_session(const CommonArgs& args);

}  // namespace deadlight::cli
