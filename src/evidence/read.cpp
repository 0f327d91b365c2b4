#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "evidence/combine.h"
#include "evidence/document.h"
#include "evidence/evidence.h"
#include "evidence/limits.h"
#include "evidence/netstat_plain.h"
#include "evidence/os_clues.h"
#include "evidence/read_limited.h"
#include "evidence/readers.h"
#include "evidence/unread.h"
#include "model/snapshot_json.h"

namespace deadlight::evidence {
namespace {

/// What is read so far.
struct Collected {
  std::size_t rows_max;
  Snapshot snapshot;
  std::vector<Clues> clues;
  std::set<std::string> names = {};  ///< of the host, one of each input
  std::size_t rows = 0;
  bool anything = false;
};

bool is_snapshot_json(std::string_view text) {
  return trim(text.substr(0, 64)).starts_with('{') &&
         text.find("\"deadlight.") != std::string_view::npos;
}

Error too_many_rows(const std::string& name, std::size_t rows_max) {
  return {Errc::limit, fmt::format("{}: more than {} rows in all inputs together; give fewer files",
                                   name, rows_max)};
}

Result<> take_json(const Document& document, Collected& collected) {
  Snapshot read = DEADLIGHT_TRY(snapshot_from_json(document.text(), document.name()));
  collected.rows +=
      read.endpoints.size() + read.processes.size() + read.services.size() + read.settings.size();
  if (collected.rows > collected.rows_max)
    return tl::unexpected<Error>(too_many_rows(document.name(), collected.rows_max));
  Host& host = collected.snapshot.host;
  collected.names.insert(read.host.name);
  if (host.os == Os::unknown) {
    host.os = read.host.os;
    host.os_basis = read.host.os_basis;
    host.os_confidence = read.host.os_confidence;
  }
  append(collected.snapshot, std::move(read));
  collected.anything = true;
  return {};
}

Result<> take_text(const Document& document, Collected& collected) {
  Reading reading(document);
  reading.set_rows_max(collected.rows_max - collected.rows);
  take_plain_rows(reading);
  if (reading.plain_rows.size() > reading.rows_max())
    return tl::unexpected<Error>(too_many_rows(document.name(), collected.rows_max));
  for (const Reader& reader : readers()) {
    reader.read(reading);
    if (reading.over_limit())
      return tl::unexpected<Error>(too_many_rows(document.name(), collected.rows_max));
  }
  account_for_the_rest(reading);
  collected.rows += reading.rows();
  collected.anything = collected.anything || !reading.kinds().empty();
  std::vector<std::string> kinds(reading.kinds().begin(), reading.kinds().end());
  std::sort(kinds.begin(), kinds.end());
  Snapshot& read = reading.snapshot;
  if (!kinds.empty()) read.evidence = {{document.name(), join(kinds, "+")}};
  if (!kinds.empty() && !document.guessed_encoding().empty()) {
    read.notes.push_back(fmt::format("{}: is not UTF-8; its letters were read as {}, by their look",
                                     document.name(), document.guessed_encoding()));
  }
  collected.names.insert(read.host.name);
  collected.clues.push_back(std::move(reading.clues));
  append(collected.snapshot, std::move(read));
  return {};
}

/// The same name whichever file comes first; more than one host is said.
void name_host(std::set<std::string>& names, Snapshot& snapshot) {
  constexpr std::size_t kNamedMax = 4;
  names.erase(std::string());
  if (names.empty()) return;
  snapshot.host.name = *names.begin();
  std::set<std::string_view, ILess> hosts;  // without their domains
  for (const std::string& name : names)
    hosts.insert(std::string_view(name).substr(0, name.find('.')));
  if (hosts.size() == 1) return;
  std::vector<std::string> shown(names.begin(), names.end());
  if (shown.size() > kNamedMax) shown.resize(kNamedMax);
  snapshot.notes.push_back(
      fmt::format("the files are of hosts with several names, {}{}: are they of one host?",
                  join(shown, ", "), names.size() > kNamedMax ? " and others" : ""));
}

/// One line for inputs of which none is known: the first one's reason, and how many more there are.
Error nothing_known(const Snapshot& snapshot, std::size_t inputs) {
  if (snapshot.unread.empty()) return {Errc::unsupported, "no input; give a file or a folder"};
  const Unread& first = snapshot.unread.front();
  const std::string place =
      first.line == 0 ? first.file : fmt::format("{}:{}", first.file, first.line);
  const std::string more =
      inputs > 1 ? fmt::format(" (and nothing in {} more)", inputs - 1) : std::string();
  const std::string_view advice = first.line == 0 ? "" : "; known are ";
  return {Errc::unsupported, fmt::format("{}: {}{}{}{}", place, first.reason, more, advice,
                                         first.line == 0 ? "" : known_kinds())};
}

Result<> add_folder(const std::filesystem::path& folder,
                    std::vector<std::filesystem::path>& files) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  std::vector<std::filesystem::path> found;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_regular_file(ignored)) found.push_back(entries->path());
    if (found.size() > kInputsMax) break;
  }
  if (error) {
    return fail(Errc::denied, fmt::format("{}: cannot list the folder: {}; check the rights",
                                          folder.string(), error.message()));
  }
  if (found.empty()) {
    return fail(
        Errc::not_found,
        fmt::format("{}: no file in this folder; give one that holds listings", folder.string()));
  }
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
  return {};
}

}  // namespace

Result<std::vector<Input>> load(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& path : paths) {
    std::error_code ignored;
    if (path != "-" && std::filesystem::is_directory(path, ignored)) {
      DEADLIGHT_TRY(add_folder(path, files));
    } else {
      files.push_back(path);
    }
    if (files.size() > kInputsMax) {
      return fail(Errc::limit,
                  fmt::format("{}: more than {} files; give fewer", path.string(), kInputsMax));
    }
  }
  std::vector<Input> inputs;
  for (const std::filesystem::path& file : files) {
    std::string bytes = DEADLIGHT_TRY(read_file(file, kInputBytesMax));
    inputs.push_back({file.string(), std::move(bytes)});
  }
  return inputs;
}

Result<Snapshot> read(std::span<const Input> inputs, Os os, std::span<const OsSign> signs) {
  return read_limited(inputs, os, signs, kRowsMax);
}

Result<Snapshot> read_limited(std::span<const Input> inputs, Os os, std::span<const OsSign> signs,
                              std::size_t rows_max) {
  if (inputs.size() > kInputsMax) {
    return fail(Errc::limit, fmt::format("{} inputs; at most {} are read, give fewer",
                                         inputs.size(), kInputsMax));
  }
  Collected collected{rows_max, {}, {}, {}, 0, false};
  for (const Input& input : inputs) {
    const Document document = DEADLIGHT_TRY(Document::decode(input.name, input.bytes));
    if (is_snapshot_json(document.text())) {
      DEADLIGHT_TRY(take_json(document, collected));
    } else {
      DEADLIGHT_TRY(take_text(document, collected));
    }
  }
  Snapshot& snapshot = collected.snapshot;
  if (!collected.anything) {
    return tl::unexpected<Error>(nothing_known(snapshot, inputs.size()));
  }
  settings_to_services(snapshot);
  services_to_processes(snapshot);
  join_unaddressed(snapshot);
  normalise(snapshot);
  name_host(collected.names, snapshot);
  recognise_host_name(snapshot);
  if (os != Os::unknown) {
    snapshot.host.os = os;
    snapshot.host.os_basis = "--os";
    snapshot.host.os_confidence = OsConfidence::given;
  } else if (snapshot.host.os == Os::unknown) {
    recognise_os(snapshot, collected.clues, signs);
  }
  return std::move(snapshot);
}

}  // namespace deadlight::evidence
