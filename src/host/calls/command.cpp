#include "host/calls/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"

namespace deadlight::linux_host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kSecondsMax{30};
constexpr std::size_t kOutputBytesMax = 64 * 1024;
constexpr std::size_t kMessageBytesMax = 400;

/// A process that is killed and waited for with the object.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    static_cast<void>(wait_for_end());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int wait_for_end() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
};

class SpawnActions {
 public:
  explicit SpawnActions(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, output, 2);
  }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// What it wrote until it closed its output, or nullopt at the deadline.
std::optional<std::string> read_all(int handle) {
  const Clock::time_point end = Clock::now() + kSecondsMax;
  std::string output;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd pipe{handle, POLLIN, 0};
    const int ready = left > 0 ? poll(&pipe, 1, static_cast<int>(left)) : 0;
    if (ready == 0) return std::nullopt;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t size = read(handle, chunk.data(), chunk.size());
    if (size <= 0) return output;
    // The end is what matters; what comes before it is let go.
    output.append(chunk.data(), static_cast<std::size_t>(size));
    if (output.size() > kOutputBytesMax) output.erase(0, output.size() - kOutputBytesMax);
  }
}

std::string last_words(std::string_view output) {
  std::string text;
  for (const char c : trim(output)) text += c == '\n' ? ' ' : c;
  if (text.size() > kMessageBytesMax) text = "…" + text.substr(text.size() - kMessageBytesMax);
  return text.empty() ? "it says nothing" : text;
}

}  // namespace

Result<std::string> run_command(std::vector<std::string> words) {
  const std::string command = join(words, " ");
  if (words.empty() || !words.front().starts_with('/')) {
    return fail(Errc::unsupported,
                fmt::format("'{}' does not begin with a program's path", command));
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::string language = "LC_ALL=C.UTF-8";
  char* environment[] = {path.data(), language.data(), nullptr};

  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return fail(Errc::io, fmt::format("{}: no pipe: {}", command, std::strerror(errno)));
  }
  const UniqueFd output(ends[0]);
  UniqueFd input(ends[1]);
  const SpawnActions actions(input.get());
  pid_t pid = 0;
  const int error = posix_spawn(&pid, words.front().c_str(), actions.get(), nullptr,
                                arguments.data(), environment);
  if (error != 0) {
    return fail(Errc::unsupported,
                fmt::format("{}: cannot be run: {}", command, std::strerror(error)));
  }
  Child child(pid);
  input = UniqueFd();
  std::optional<std::string> said = read_all(output.get());
  if (!said) {
    return fail(Errc::refused,
                fmt::format("{}: did not end within {} s", command, kSecondsMax.count()));
  }
  const int status = child.wait_for_end();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(*said);
  return fail(Errc::refused, fmt::format("{}: {}", command, last_words(*said)));
}

}  // namespace deadlight::linux_host
