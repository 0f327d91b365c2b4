#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace deadlight::linux_host {

/// A file that one package put elsewhere, so that its own takes the place.
struct Diversion {
  std::string from;
  std::string to;
  std::string package;  ///< that diverts; ":" for the administrator
};

/// dpkg's list of diversions: three lines for each. A part that is no whole one is left out.
std::vector<Diversion> parse_diversions(std::string_view text);

/// Which of `paths` a package's list of files names.
std::vector<std::string_view> listed_paths(std::string_view list,
                                           const std::set<std::string, std::less<>>& paths);

/// Versions in dpkg's status file of `packages` ("nginx-light", "libc6:amd64").
std::map<std::string, std::string> parse_versions(
    std::string_view status, const std::set<std::string, std::less<>>& packages);

/// The packages that brought the programs `paths`, "nginx-light 1.22.1-9". By dpkg's files below
/// `root`, every package's list of files once: some 20 ms for 1,000 packages. Where rpm has a
/// database, it is asked for each that is left. Empty where there is neither; what no package
/// brought is left out.
std::map<std::string, std::string> find_packages(const std::set<std::string>& paths,
                                                 const std::filesystem::path& root);

}  // namespace deadlight::linux_host
