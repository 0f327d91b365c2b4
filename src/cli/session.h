#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "exposure/experiment.h"
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
constexpr int kExitInterrupted = 130;  ///< as shells report Ctrl-C

/// Options that every command shares.
struct ExperimentArgs {
  std::vector<std::string> stopped;
  std::vector<std::string> from;
};

/// How this host is looked at; of no effect on evidence files.
constexpr const char* kOwnerUnit = "unit";
constexpr const char* kOwnerProcess = "process";
struct LiveArgs {
  std::string owner = kOwnerProcess;
  bool connections = false;
  bool complete = false;  ///< every holder of a shared socket
  bool each = false;      ///< sockets that are alike as rows of their own
  bool no_bpf = false;
  bool details = false;  ///< how units are set up, too
  bool firewall = false;
  bool verbose = false;
};

struct CommonArgs {
  std::vector<std::string> from;  ///< files, folders, "-"; empty: this host
  std::vector<std::string> stopped;
  /// What was stopped after `from`, and listed then; in the order of the command line.
  std::vector<ExperimentArgs> experiments;
  std::string os;
  std::string role = "closed";
  std::vector<std::string> keep;
  std::string knowledge;  ///< overlay folder, or empty
  std::string output;     ///< file, or empty for standard output
  bool json = false;
  bool verbose = false;
  LiveArgs live;
  unsigned jobs = 0;  ///< hosts at a time; 0: one for each processor
};

/// What a command works on, loaded from CommonArgs. Owns the text behind `kb`.
struct Session {
  std::vector<knowledge::OverlayPtr> overlays;
  knowledge::Knowledge kb;
  Role role;
  Snapshot snapshot;
  std::vector<Experiment> experiments;
};

/// A row that was not understood may be an open port: then nobody may say that all is well.
bool has_unread_row(const std::vector<Unread>& unread);

/// An id as --os takes it; `unknown` for none. Errors: `malformed`, names those there are.
Result<Os> os_of(const std::string& id);

/// What the files and folders of `from` tell of one host; a note for folders that were left out.
/// Errors as of the evidence.
Result<Snapshot> load_snapshot(const std::vector<std::string>& from, Os os,
                               const knowledge::Knowledge& kb);

/// Errors: `not_found` for evidence without a list of sockets: then nobody may say that none is
/// open.
Result<> check_lists_sockets(const Snapshot& snapshot);

/// All but the snapshot. Errors as of the knowledge base and role that the arguments name.
Result<Session> open_base(const CommonArgs& args);

/// Errors as of the knowledge base, role and evidence that the arguments name.
Result<Session> open_session(const CommonArgs& args);

/// Owners and verdicts of what `session` holds. Errors as of the experiments.
Result<Exposure> exposure_of(const Session& session);

}  // namespace deadlight::cli
