#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace deadlight::execute {

/// A folder that stands for "/": paths below it never lead out of it, whatever links are on the
/// way; an absolute link starts at it. Needs openat2 (Linux 5.6) unless it is "/" itself.
class Root {
 public:
  /// Errors: `not_found`, `denied`, `io`.
  static Result<Root> open(const std::filesystem::path& folder);

  /// The folder that a path's last part is in, open for reading, and that part's name.
  struct Place {
    UniqueFd folder;
    std::string name;
  };
  /// nullopt if that folder is not there. Errors: `malformed` for a path that is not absolute or
  /// has parts such as ".."; `denied`; `refused` if it leads out of the root; `io`.
  Result<std::optional<Place>> place(std::string_view path) const;

  /// Opens what is at `path`, the last link followed too. nullopt if nothing is there.
  /// Errors: as place().
  Result<std::optional<UniqueFd>> open_at(std::string_view path, int flags) const;

  /// Where the links at the end of `path` lead to; `path` itself if it is none, or not there.
  /// Errors: as place(); `refused` for a circle of links.
  Result<std::string> resolve(std::string_view path) const;

  /// What a pattern stands for here, and what each of its '*' stood for.
  struct Match {
    std::string path;
    std::vector<std::string> stars;
  };
  /// Paths that match `pattern`, by name. A '*' stands for any characters of one part; like a
  /// shell's, it takes no leading dot. Errors: as place(); `limit` past 1,000.
  Result<std::vector<Match>> matches(std::string_view pattern) const;

 private:
  explicit Root(UniqueFd folder, bool is_all) : folder_(std::move(folder)), is_all_(is_all) {}
  Result<std::vector<std::string>> names_in(std::string_view folder) const;

  UniqueFd folder_;
  bool is_all_ = false;  ///< it is "/" itself
};

/// What the system said, with what was tried on which path: `denied` for rights and read-only file
/// systems, else `io`.
tl::unexpected<Error> system_failure(std::string_view path, std::string_view action, int error);

}  // namespace deadlight::execute
