#include "cli/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "evidence/evidence.h"
#include "host/linux/proc_collector.h"

namespace deadlight::cli {
namespace {

constexpr std::size_t kRoleBytesMax = 1 << 20;

tl::unexpected<Error> unsound(const std::string& folder, const std::vector<std::string>& problems) {
  const std::string more =
      problems.size() == 1 ? "" : fmt::format(" (and {} more problems)", problems.size() - 1);
  return fail(Errc::malformed, fmt::format("{}: {}{}", folder, problems.front(), more));
}

Result<Os> os_of(const std::string& id) {
  if (id.empty()) return Os::unknown;
  if (const auto os = parse_os(id)) return *os;
  std::vector<std::string> ids;
  for (const Os os : all_os()) ids.emplace_back(os_id(os));
  return fail(Errc::malformed,
              fmt::format("--os: '{}' is not known; there are {}", id, join(ids, " ")));
}

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

Result<Snapshot> load_snapshot(const CommonArgs& args) {
  const Os os = DEADLIGHT_TRY(os_of(args.os));
  if (args.from.empty()) return linux_host::collect("/proc");
  const std::vector<std::filesystem::path> paths(args.from.begin(), args.from.end());
  const std::vector<evidence::Input> inputs = DEADLIGHT_TRY(evidence::load(paths));
  return evidence::read(inputs, os);
}

}  // namespace

bool has_unread_row(const std::vector<Unread>& unread) {
  return std::any_of(unread.begin(), unread.end(), [](const Unread& one) { return one.line > 0; });
}

Result<Session> open_session(const CommonArgs& args) {
  Session session;
  session.kb = knowledge::builtin();
  if (!args.knowledge.empty()) {
    knowledge::Loaded loaded = DEADLIGHT_TRY(knowledge::load(args.knowledge, session.kb));
    const std::vector<std::string> problems = knowledge::check(loaded.knowledge);
    if (!problems.empty()) return unsound(args.knowledge, problems);
    session.kb = loaded.knowledge;
    session.overlays.push_back(std::move(loaded.owner));
  }
  session.role = DEADLIGHT_TRY(load_role(session, args));
  session.snapshot = DEADLIGHT_TRY(load_snapshot(args));
  return session;
}

}  // namespace deadlight::cli
