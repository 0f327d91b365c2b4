#include "host/linux/fake_proc.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace deadlight::linux_host {

namespace fs = std::filesystem;

FakeProc::FakeProc() {
  std::string pattern = (fs::temp_directory_path() / "deadlight-proc-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  root_ = pattern;
}

FakeProc::~FakeProc() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void FakeProc::file(const fs::path& name, std::string_view text) {
  fs::create_directories((root_ / name).parent_path());
  std::ofstream(root_ / name, std::ios::binary) << text;
}

void FakeProc::table(std::string_view name, const std::vector<std::string>& rows) {
  std::string text =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode                                                     \n";
  for (const std::string& row : rows) text += row + '\n';
  file(fs::path("net") / name, text);
}

void FakeProc::process(const FakeProcess& process) {
  const fs::path folder(std::to_string(process.pid));
  file(folder / "comm", process.comm + '\n');
  file(folder / "cgroup", process.cgroup);
  fs::create_directories(root_ / folder / "fd");
  if (!process.exe.empty()) fs::create_symlink(process.exe, root_ / folder / "exe");
  fs::create_symlink("/dev/null", root_ / folder / "fd" / "0");
  int descriptor = 3;
  for (const std::uint64_t inode : process.sockets) {
    fs::create_symlink(fmt::format("socket:[{}]", inode),
                       root_ / folder / "fd" / std::to_string(descriptor++));
  }
}

std::string fake_row(std::string_view local, std::string_view remote, std::string_view state,
                     std::uint64_t inode) {
  return fmt::format(
      "   0: {} {} {} 00000000:00000000 00:00000000 00000000     0        0 {} 1 "
      "0000000000000000 100 0 0 10 0",
      local, remote, state, inode);
}

}  // namespace deadlight::linux_host
