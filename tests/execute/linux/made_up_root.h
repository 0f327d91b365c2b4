#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace deadlight::test {

/// A folder that stands for "/" of a host, made up and removed with the object.
class MadeUpRoot {
 public:
  MadeUpRoot() {
    std::string name = (std::filesystem::temp_directory_path() / "deadlight-root-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~MadeUpRoot() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  MadeUpRoot(const MadeUpRoot&) = delete;
  MadeUpRoot& operator=(const MadeUpRoot&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path at(const std::string& path) const { return path_ / path.substr(1); }

  void folder(const std::string& path) const { std::filesystem::create_directories(at(path)); }
  void file(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories(at(path).parent_path());
    std::ofstream(at(path), std::ios::binary) << content;
    chmod(at(path).c_str(), 0644);
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories(at(path).parent_path());
    std::filesystem::create_symlink(target, at(path));
  }
  std::string read(const std::string& path) const {
    std::ifstream file(at(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace deadlight::test
