#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace deadlight::linux_host {

struct FakeProcess {
  std::uint32_t pid = 0;
  std::string comm;
  std::string exe;
  std::string cgroup;
  std::vector<std::uint64_t> sockets;  ///< inodes behind its descriptors
};

/// A /proc in a temporary folder, removed with the object.
class FakeProc {
 public:
  FakeProc();
  ~FakeProc();
  FakeProc(const FakeProc&) = delete;
  FakeProc& operator=(const FakeProc&) = delete;

  /// The heading of a socket table, then `rows`.
  void table(std::string_view name, const std::vector<std::string>& rows);
  void file(const std::filesystem::path& name, std::string_view text);
  void process(const FakeProcess& process);

  const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

/// A row as Linux 6.1 prints it: fake_row("0100007F:0016", "00000000:0000", "0A", 42).
std::string fake_row(std::string_view local, std::string_view remote, std::string_view state,
                     std::uint64_t inode);

}  // namespace deadlight::linux_host
