#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "knowledge/knowledge.h"

namespace deadlight {

/// A folder of its own for one test, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "deadlight_kb_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Creates the folders in `name` too.
  void write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The tests' small knowledge base, read from its TOML.
inline knowledge::Loaded load_mini() {
  Result<knowledge::Loaded> loaded =
      knowledge::load(DEADLIGHT_TEST_DATA "/knowledge/mini", knowledge::Knowledge{});
  EXPECT_TRUE(loaded.has_value());
  return loaded ? std::move(*loaded) : knowledge::Loaded{};
}
inline const knowledge::Knowledge& mini() {
  static const knowledge::Loaded kLoaded = load_mini();
  return kLoaded.knowledge;
}

/// What load() says of one file x.toml, without the folder before its name.
inline std::string complaint(std::string_view toml) {
  const Folder folder;
  folder.write("x.toml", toml);
  const Result<knowledge::Loaded> loaded = knowledge::load(folder.path(), knowledge::Knowledge{});
  if (loaded) return "no error";
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos) << loaded.error().message;
  const std::string before = folder.path().string() + "/";
  EXPECT_TRUE(loaded.error().message.starts_with(before)) << loaded.error().message;
  return loaded.error().message.substr(before.size());
}

}  // namespace deadlight
