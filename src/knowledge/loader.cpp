#include "knowledge/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "knowledge/check.h"
#include "knowledge/overlay.h"
#include "knowledge/registry_reader.h"
#include "knowledge/row_reader.h"

namespace deadlight::knowledge {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kFilesMax = 4096;
constexpr int kFolderDepthMax = 16;
constexpr std::string_view kRegistryName = "iana.tsv";

template <class Row>
bool before(const Row& a, const Row& b) {
  return iless(a.id, b.id);
}
bool before(const PortFact& a, const PortFact& b) {
  return std::tie(a.protocol, a.port) < std::tie(b.protocol, b.port);
}
bool before(const GroupFact& a, const GroupFact& b) {
  if (!(a.os == b.os)) return std::tie(a.os.from, a.os.to) < std::tie(b.os.from, b.os.to);
  if (!iequals(a.image, b.image)) return iless(a.image, b.image);
  return iless(a.group, b.group);
}

bool before(const RpcInterfaceFact& a, const RpcInterfaceFact& b) {
  if (a.uuid != b.uuid) return a.uuid < b.uuid;
  if (a.version != b.version) return a.version < b.version;
  return std::lexicographical_compare(a.services.begin(), a.services.end(), b.services.begin(),
                                      b.services.end(), iless);
}
bool before(const NetbiosSuffixFact& a, const NetbiosSuffixFact& b) {
  return std::tie(a.suffix, a.type, a.form) < std::tie(b.suffix, b.type, b.form);
}
bool before(const SmbTransportFact& a, const SmbTransportFact& b) {
  return std::tie(a.os.from, a.os.to, a.side, a.setting) <
         std::tie(b.os.from, b.os.to, b.side, b.setting);
}

// Rows of `added` and those of `base` that none of them replaces, sorted.
template <class Row>
List<Row> merged(List<Row> base, std::vector<Row> added, Overlay& overlay) {
  if (added.empty()) return base;
  const auto less = [](const Row& a, const Row& b) { return before(a, b); };
  std::stable_sort(added.begin(), added.end(), less);
  std::vector<Row> rows;
  rows.reserve(base.size() + added.size());
  std::set_union(added.begin(), added.end(), base.begin(), base.end(), std::back_inserter(rows),
                 less);
  return overlay.keep(std::move(rows));
}

List<AliasFact> aliases_of(List<ServiceFact> services, Overlay& overlay) {
  std::vector<AliasFact> aliases;
  for (const ServiceFact& service : services) {
    for (const Text alias : service.aliases) aliases.push_back({alias, service.id});
  }
  std::stable_sort(aliases.begin(), aliases.end(),
                   [](const AliasFact& a, const AliasFact& b) { return iless(a.alias, b.alias); });
  return overlay.keep(std::move(aliases));
}

Knowledge merge(const Knowledge& base, Rows rows, Overlay& overlay) {
  Knowledge result;
  result.sources = merged(base.sources, std::move(rows.sources), overlay);
  result.capabilities = merged(base.capabilities, std::move(rows.capabilities), overlay);
  const bool same_services = rows.services.empty();
  result.services = merged(base.services, std::move(rows.services), overlay);
  result.aliases = same_services ? base.aliases : aliases_of(result.services, overlay);
  result.groups = merged(base.groups, std::move(rows.groups), overlay);
  result.features = merged(base.features, std::move(rows.features), overlay);
  result.closers = merged(base.closers, std::move(rows.closers), overlay);
  result.ports = merged(base.ports, std::move(rows.ports), overlay);
  result.roles = merged(base.roles, std::move(rows.roles), overlay);
  result.rpc = merged(base.rpc, std::move(rows.rpc), overlay);
  result.netbios = merged(base.netbios, std::move(rows.netbios), overlay);
  result.smb = merged(base.smb, std::move(rows.smb), overlay);
  result.os_signs = merged(base.os_signs, std::move(rows.os_signs), overlay);
  result.registry = rows.registry.ports.empty() ? base.registry : rows.registry;
  return result;
}

tl::unexpected<Error> folder_error(const fs::path& folder, const std::error_code& error) {
  const bool missing = error == std::errc::no_such_file_or_directory;
  const bool denied = error == std::errc::permission_denied;
  const Errc code = missing ? Errc::not_found : denied ? Errc::denied : Errc::io;
  return fail(code,
              fmt::format("{}: cannot read the folder: {}", folder.string(), error.message()));
}

// Editors leave ".#x.toml" and the like beside a file that is being changed.
bool is_knowledge_file(const fs::directory_entry& entry) {
  std::error_code ignored;
  const fs::path name = entry.path().filename();
  return (name.extension() == ".toml" || name == kRegistryName) &&
         !name.string().starts_with('.') && entry.is_regular_file(ignored);
}

Result<std::vector<fs::path>> knowledge_files(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at.depth() > kFolderDepthMax) {
      return fail(Errc::limit, fmt::format("{}: folders nested deeper than {}; move it up",
                                           at->path().string(), kFolderDepthMax));
    }
    if (is_knowledge_file(*at)) files.push_back(at->path());
    if (files.size() > kFilesMax) {
      return fail(Errc::limit, fmt::format("{}: more than {} .toml files; is it the right folder?",
                                           folder.string(), kFilesMax));
    }
  }
  if (error) return folder_error(folder, error);
  if (files.empty()) {
    return fail(Errc::not_found, fmt::format("{}: no .toml file in it or below; is it the right "
                                             "folder?",
                                             folder.string()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

tl::unexpected<Error> malformed(const std::vector<std::string>& problems) {
  std::string message = problems.front();
  if (problems.size() > 1) message += fmt::format(" (and {} more)", problems.size() - 1);
  return fail(Errc::malformed, std::move(message));
}

void add_file(const fs::path& file, std::string_view text, Overlay& overlay, Reading& reading) {
  if (file.filename() == kRegistryName) {
    read_registry(text, file.string(), overlay, reading);
  } else {
    read_rows(text, file.string(), overlay, reading);
  }
}

FolderReading finished(Reading reading, OverlayPtr overlay, const Knowledge& base) {
  FolderReading result;
  result.files = 1;
  result.loaded.knowledge = merge(base, std::move(reading.rows), *overlay);
  result.loaded.owner = std::move(overlay);
  result.problems = std::move(reading.problems);
  result.places = std::move(reading.places);
  return result;
}

Checked checked(const FolderReading& reading) {
  Checked result{reading.files, {}, problems_of(reading)};
  for (const auto& [title, place] : reading.places) ++result.rows[title.substr(0, title.find(' '))];
  return result;
}

}  // namespace

void OverlayDeleter::operator()(Overlay* overlay) const { delete overlay; }

Result<FolderReading> read_folder(const fs::path& folder, const Knowledge& base) {
  const std::vector<fs::path> files = DEADLIGHT_TRY(knowledge_files(folder));
  OverlayPtr overlay(new Overlay);
  Reading reading;
  std::size_t bytes_left = kBytesMax;
  for (const fs::path& file : files) {
    const std::string text = DEADLIGHT_TRY(read_file(file, bytes_left));
    bytes_left -= text.size();
    add_file(file, text, *overlay, reading);
  }
  FolderReading result = finished(std::move(reading), std::move(overlay), base);
  result.files = files.size();
  return result;
}

std::vector<std::string> problems_of(const FolderReading& reading) {
  if (!reading.problems.empty()) return reading.problems;
  return check_at(reading.loaded.knowledge, reading.places);
}

Result<Loaded> load_checked(const fs::path& folder, const Knowledge& base) {
  FolderReading reading = DEADLIGHT_TRY(read_folder(folder, base));
  const std::vector<std::string> problems = problems_of(reading);
  if (!problems.empty()) return malformed(problems);
  return std::move(reading.loaded);
}

Result<Loaded> load(const fs::path& folder, const Knowledge& base) {
  FolderReading reading = DEADLIGHT_TRY(read_folder(folder, base));
  if (!reading.problems.empty()) return malformed(reading.problems);
  return std::move(reading.loaded);
}

RoleReading read_role_text(std::string_view toml, const std::string& name, const Knowledge& base) {
  OverlayPtr overlay(new Overlay);
  Reading reading;
  read_role(toml, name, *overlay, reading);
  RoleReading result;
  result.problems = std::move(reading.problems);
  if (!result.problems.empty()) return result;
  const RoleFact role = reading.rows.roles.front();
  result.loaded.knowledge = merge(base, std::move(reading.rows), *overlay);
  result.loaded.role_id = role.id;
  result.loaded.owner = std::move(overlay);
  result.problems = check_role(role, result.loaded.knowledge, reading.places);
  return result;
}

Result<Loaded> load_role(std::string_view toml, std::string_view name, const Knowledge& base) {
  if (toml.size() > kBytesMax) {
    return fail(Errc::limit, fmt::format("{}: larger than 64 MiB; is it a role?", name));
  }
  RoleReading reading = read_role_text(toml, std::string(name), base);
  if (!reading.problems.empty()) return malformed(reading.problems);
  return std::move(reading.loaded);
}

Result<Checked> check_path(const fs::path& path, const Knowledge& base) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const FolderReading reading = DEADLIGHT_TRY(read_folder(path, base));
    return checked(reading);
  }
  const std::string text = DEADLIGHT_TRY(read_file(path, kBytesMax));
  if (path.filename() == kRegistryName || holds_rows(text)) {
    OverlayPtr overlay(new Overlay);
    Reading reading;
    add_file(path, text, *overlay, reading);
    return checked(finished(std::move(reading), std::move(overlay), base));
  }
  RoleReading reading = read_role_text(text, path.string(), base);
  return Checked{1, {{"role", 1}}, std::move(reading.problems)};
}

}  // namespace deadlight::knowledge
