#include "execute/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/assert.h"

namespace deadlight::execute::test {

std::string in_child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  DEADLIGHT_ASSERT(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  DEADLIGHT_ASSERT(child >= 0);
  if (child == 0) {
    const std::string text = work();
    const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 1; got > 0;) {
    got = ::read(ends[0], chunk.data(), chunk.size());
    if (got > 0) text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  DEADLIGHT_ASSERT(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGKILL ? "killed" : "crashed";
  return WEXITSTATUS(status) == 0 ? text : "failed";
}

Folder::Folder() {
  path_ = (std::filesystem::temp_directory_path() / "deadlight-XXXXXX").string();
  DEADLIGHT_ASSERT(::mkdtemp(path_.data()) != nullptr);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace deadlight::execute::test
