#include "cli/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/file.h"
#include "base/text.h"
#include "cli/live_session.h"
#include "evidence/evidence.h"
#include "knowledge/loader.h"

namespace deadlight::cli {
namespace {

constexpr std::size_t kRoleBytesMax = 1 << 20;

bool is_role_file(const std::string& role) {
  return role.ends_with(".toml") || role.find('/') != std::string::npos;
}

Result<Role> load_role(Session& session, const CommonArgs& args) {
  std::string id = args.role;
  if (is_role_file(args.role)) {
    const std::string text = DEADLIGHT_TRY(read_file(args.role, kRoleBytesMax));
    knowledge::Loaded loaded = DEADLIGHT_TRY(knowledge::load_role(text, args.role, session.kb));
    id = loaded.role_id;
    session.kb = loaded.knowledge;
    session.overlays.push_back(std::move(loaded.owner));
  }
  Role role = DEADLIGHT_TRY(resolve_role(id, session.kb));
  for (const std::string& text : args.keep) {
    role.keep.push_back(DEADLIGHT_TRY(parse_keep(text)));
  }
  return role;
}

std::size_t folders_in(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::size_t folders = 0;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) ++folders;
  }
  return folders;
}

}  // namespace

Result<Os> os_of(const std::string& id) {
  if (id.empty()) return Os::unknown;
  if (const auto os = parse_os(id)) return *os;
  std::vector<std::string> ids;
  for (const Os os : all_os()) ids.emplace_back(os_id(os));
  return fail(Errc::malformed,
              fmt::format("--os: '{}' is not known; there are {}", id, join(ids, " ")));
}

Result<Snapshot> load_snapshot(const std::vector<std::string>& from, Os os,
                               const knowledge::Knowledge& kb) {
  const std::vector<std::filesystem::path> paths(from.begin(), from.end());
  const std::vector<evidence::Input> inputs = DEADLIGHT_TRY(evidence::load(paths));
  Snapshot snapshot = DEADLIGHT_TRY(evidence::read(inputs, os, kb.signs()));
  for (const std::string& path : from) {
    const std::size_t folders = folders_in(path);
    if (folders == 0) continue;
    snapshot.notes.push_back(fmt::format(
        "{}: {} in it {} not read; a folder is taken for many hosts only if it holds no files",
        path, folders == 1 ? "a folder" : fmt::format("{} folders", folders),
        folders == 1 ? "was" : "were"));
  }
  return snapshot;
}

Result<> check_lists_sockets(const Snapshot& snapshot) {
  const auto lists_sockets = [](const Evidence& one) { return evidence::lists_sockets(one.kind); };
  if (!snapshot.endpoints.empty() || !snapshot.outside.empty() || snapshot.evidence.empty() ||
      std::any_of(snapshot.evidence.begin(), snapshot.evidence.end(), lists_sockets)) {
    return {};
  }
  const Evidence& first = snapshot.evidence.front();
  return fail(Errc::not_found,
              fmt::format("{} ({}){} no sockets, so what is open is not known; add the output of "
                          "netstat -ano, ss -tulpn or another tool that does",
                          first.name, first.kind,
                          snapshot.evidence.size() == 1 ? " lists" : " and the other files list"));
}

bool has_unread_row(const std::vector<Unread>& unread) {
  return std::any_of(unread.begin(), unread.end(), [](const Unread& one) { return one.line > 0; });
}

Result<Session> open_base(const CommonArgs& args) {
  Session session;
  session.kb = knowledge::builtin();
  if (!args.knowledge.empty()) {
    knowledge::Loaded loaded = DEADLIGHT_TRY(knowledge::load_checked(args.knowledge, session.kb));
    session.kb = loaded.knowledge;
    session.overlays.push_back(std::move(loaded.owner));
  }
  session.role = DEADLIGHT_TRY(load_role(session, args));
  return session;
}

Result<Session> open_session(const CommonArgs& args) {
  Session session = DEADLIGHT_TRY(open_base(args));
  if (args.from.empty()) {
    LiveArgs live = args.live;
    live.verbose = args.verbose;
    session.snapshot = DEADLIGHT_TRY(live_snapshot(live, session.role, session.kb));
    return session;
  }
  const Os os = DEADLIGHT_TRY(os_of(args.os));
  session.snapshot = DEADLIGHT_TRY(load_snapshot(args.from, os, session.kb));
  for (const ExperimentArgs& experiment : args.experiments) {
    // What was not stopped does not change the system.
    Snapshot after =
        DEADLIGHT_TRY(load_snapshot(experiment.from, session.snapshot.host.os, session.kb));
    session.experiments.push_back({experiment.stopped, std::move(after)});
  }
  return session;
}

Result<Exposure> exposure_of(const Session& session) {
  if (session.experiments.empty()) return expose(session.snapshot, session.role, session.kb);
  return expose(session.snapshot, session.experiments, session.role,
                SystemFacts(session.snapshot.host.os, session.kb));
}

}  // namespace deadlight::cli
