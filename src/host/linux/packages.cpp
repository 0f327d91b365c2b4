#include "host/linux/packages.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "host/calls/command.h"

namespace deadlight::linux_host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListBytesMax = 32U << 20U;
constexpr std::size_t kStatusBytesMax = 128U << 20U;
constexpr std::size_t kPackagesMax = 100'000;
constexpr std::string_view kListSuffix = ".list";
constexpr std::string_view kUsr = "/usr";

// Since /bin is a link to /usr/bin, a package may list a program under either name.
std::optional<std::string> other_name(std::string_view path) {
  constexpr std::array<std::string_view, 6> kMerged = {"/bin/",   "/sbin/",  "/lib/",
                                                       "/lib32/", "/lib64/", "/libx32/"};
  const bool in_usr = path.starts_with(kUsr);
  const std::string_view rest = in_usr ? path.substr(kUsr.size()) : path;
  const bool merged = std::any_of(kMerged.begin(), kMerged.end(), [rest](std::string_view folder) {
    return rest.starts_with(folder);
  });
  if (!merged) return std::nullopt;
  return in_usr ? std::string(rest) : std::string(kUsr) + std::string(rest);
}

std::string_view without_architecture(std::string_view package) {
  return package.substr(0, package.find(':'));
}

/// A program under one of the names that a list may have for it.
struct Sought {
  std::string path;
  std::string only;    ///< package that must list it; empty: any
  std::string except;  ///< package whose file it is not
};

class Finder {
 public:
  Finder(const std::set<std::string>& paths, const fs::path& folder) : folder_(folder) {
    const auto text = read_file(folder / "diversions", kListBytesMax);
    const std::vector<Diversion> diversions =
        text ? parse_diversions(*text) : std::vector<Diversion>();
    for (const std::string& path : paths) {
      seek(path, path, diversions);
      if (const auto other = other_name(path)) seek(*other, path, diversions);
    }
  }

  std::map<std::string, std::string> find() {
    std::error_code error;
    std::vector<fs::path> lists;
    for (fs::directory_iterator at(folder_ / "info", error);
         !error && at != fs::directory_iterator() && lists.size() < kPackagesMax;
         at.increment(error)) {
      if (at->path().extension() == kListSuffix) lists.push_back(at->path());
    }
    std::sort(lists.begin(), lists.end());
    for (const fs::path& list : lists) {
      const auto text = read_file(list, kListBytesMax);
      if (text) read_list(list.stem().string(), *text);
    }
    return with_versions();
  }

 private:
  void seek(const std::string& name, const std::string& path,
            const std::vector<Diversion>& diversions) {
    Sought here{path, {}, {}};
    for (const Diversion& diversion : diversions) {
      if (diversion.from == name) here.only = diversion.package;
      if (diversion.to == name) add(diversion.from, {path, {}, diversion.package});
    }
    add(name, here);
  }

  void add(const std::string& name, const Sought& sought) {
    names_.insert(name);
    sought_.emplace(name, sought);
  }

  void read_list(const std::string& package, std::string_view text) {
    for (const std::string_view name : listed_paths(text, names_)) {
      const auto [begin, end] = sought_.equal_range(std::string(name));
      for (auto one = begin; one != end; ++one) {
        const std::string_view owner = without_architecture(package);
        const Sought& sought = one->second;
        if (!sought.only.empty() && sought.only != owner) continue;
        if (sought.except == owner) continue;
        found_.try_emplace(sought.path, package);
      }
    }
  }

  std::map<std::string, std::string> with_versions() {
    std::set<std::string, std::less<>> packages;
    for (const auto& [path, package] : found_) packages.insert(package);
    if (packages.empty()) return found_;
    const auto status = read_file(folder_ / "status", kStatusBytesMax);
    if (!status) return found_;
    const auto versions = parse_versions(*status, packages);
    for (auto& [path, package] : found_) {
      const auto version = versions.find(package);
      package = without_architecture(package);
      if (version != versions.end()) package += ' ' + version->second;
    }
    return found_;
  }

  fs::path folder_;
  std::set<std::string, std::less<>> names_;
  std::multimap<std::string, Sought> sought_;
  std::map<std::string, std::string> found_;
};

// The value of a line "Field: value".
std::string_view value_of(std::string_view line, std::string_view field) {
  if (!line.starts_with(field) || line.substr(field.size(), 1) != ":") return {};
  return trim(line.substr(field.size() + 1));
}

/// Where rpm keeps its database below `root`, as a path in it; empty if it has none.
std::string rpm_database(const fs::path& root) {
  std::error_code error;
  for (const char* folder : {"/usr/lib/sysimage/rpm", "/var/lib/rpm"}) {
    for (const char* file : {"rpmdb.sqlite", "Packages.db", "Packages"}) {
      if (fs::exists((root / "").concat(folder + 1) / file, error)) return folder;
    }
  }
  return {};
}

// The formats of its database are many, so rpm itself is asked; what it says to one path may take
// several lines, so each is asked alone.
void ask_rpm(const std::set<std::string>& paths, const fs::path& root,
             std::map<std::string, std::string>& found) {
  constexpr std::size_t kQuestionsMax = 200;
  const std::string database = rpm_database(root);
  if (database.empty()) return;
  std::size_t questions = 0;
  for (const std::string& path : paths) {
    if (found.contains(path) || ++questions > kQuestionsMax) continue;
    const auto said = run_command({"/usr/bin/rpm", "--root", root.string(), "--dbpath", database,
                                   "-qf", "--qf", "=%{NAME} %{VERSION}-%{RELEASE}\n", path});
    if (!said && said.error().code == Errc::unsupported) return;
    if (!said) continue;  // no package brought it
    const std::size_t begin = said->find('=');
    const std::size_t end = std::min(said->find('\n', begin), said->size());
    if (begin < end) found.emplace(path, said->substr(begin + 1, end - begin - 1));
  }
}

}  // namespace

std::vector<Diversion> parse_diversions(std::string_view text) {
  constexpr std::size_t kLines = 3;
  std::vector<Diversion> result;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (std::size_t i = 0; i + kLines <= lines.size(); i += kLines) {
    if (!lines[i].starts_with('/') || !lines[i + 1].starts_with('/') || lines[i + 2].empty()) {
      continue;
    }
    result.push_back({std::string(lines[i]), std::string(lines[i + 1]), std::string(lines[i + 2])});
  }
  return result;
}

std::vector<std::string_view> listed_paths(std::string_view list,
                                           const std::set<std::string, std::less<>>& paths) {
  std::vector<std::string_view> result;
  while (!list.empty()) {
    const auto end = list.find('\n');
    const std::string_view line = list.substr(0, end);
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    if (const auto found = paths.find(line); found != paths.end()) result.emplace_back(*found);
  }
  return result;
}

std::map<std::string, std::string> parse_versions(
    std::string_view status, const std::set<std::string, std::less<>>& packages) {
  std::map<std::string, std::string> result;
  std::string name;
  std::string architecture;
  for (const std::string_view line : split(status, '\n')) {
    if (line.empty()) name.clear();
    if (const auto value = value_of(line, "Package"); !value.empty()) name = value;
    if (const auto value = value_of(line, "Architecture"); !value.empty()) architecture = value;
    const auto version = value_of(line, "Version");
    if (version.empty() || name.empty()) continue;
    for (const std::string& one : {name, name + ':' + architecture}) {
      if (packages.contains(one)) result.try_emplace(one, version);
    }
  }
  return result;
}

std::map<std::string, std::string> find_packages(const std::set<std::string>& paths,
                                                 const fs::path& root) {
  if (paths.empty()) return {};
  std::map<std::string, std::string> found = Finder(paths, root / "var" / "lib" / "dpkg").find();
  ask_rpm(paths, root, found);
  return found;
}

}  // namespace deadlight::linux_host
