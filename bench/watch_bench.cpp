// How soon `deadlight watch` tells of a new listener, and what it costs while nothing happens: with
// BPF and with a look a second. Run as root, in namespaces of its own.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "run.h"
#include "scan_load.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kListeners = 40;
constexpr int kIdleSeconds = 60;  // with two of the looks that come without any event
constexpr int kWaitMilliseconds = 5000;

/// A `deadlight watch` that runs; what it prints is read line by line.
class Watch {
 public:
  explicit Watch(Arguments arguments) {
    int output[2] = {-1, -1};
    if (pipe(output) != 0) return;
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, output[0]);
    if (posix_spawn(&child_, raw.front(), &actions, nullptr, raw.data(), environ) != 0) child_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(output[1]);
    output_ = output[0];
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    if (output_ >= 0) close(output_);
  }

  /// Until a line with `part` in it came; false if none came in time.
  bool read_until(const std::string& part) {
    for (;;) {
      const auto end = text_.find('\n');
      if (end != std::string::npos) {
        const bool found = text_.substr(0, end).find(part) != std::string::npos;
        text_.erase(0, end + 1);
        if (found) return true;
        continue;
      }
      pollfd wanted{output_, POLLIN, 0};
      char bytes[4096];
      if (poll(&wanted, 1, kWaitMilliseconds) != 1) return false;
      const ssize_t count = read(output_, bytes, sizeof bytes);
      if (count <= 0) return false;
      text_.append(bytes, static_cast<std::size_t>(count));
    }
  }
  /// Seconds of processor time so far, of all its threads.
  double processor() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(child_, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

 private:
  pid_t child_ = -1;
  int output_ = -1;
  std::string text_;
};

int open_socket(int type, std::uint16_t port) {
  const int handle = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (bind(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      (type == SOCK_STREAM && listen(handle, 8) != 0)) {
    close(handle);
    return -1;
  }
  return handle;
}

bool measure(const char* name, const Arguments& arguments) {
  Watch watch(arguments);
  if (!watch.read_until("Ctrl-C")) {
    std::printf("  %-28s did not start\n", name);
    return false;
  }
  std::vector<int> handles;
  std::vector<double> milliseconds;
  for (int i = 0; i < kListeners; ++i) {
    const bool stream = i % 2 == 0;
    const auto port = static_cast<std::uint16_t>(5001 + i);
    // Not in step with a look a second.
    std::this_thread::sleep_for(std::chrono::milliseconds(150 + i * 37 % 100));
    const auto start = Clock::now();
    handles.push_back(open_socket(stream ? SOCK_STREAM : SOCK_DGRAM, port));
    if (handles.back() < 0 || !watch.read_until(std::to_string(port))) {
      std::printf("  %-28s did not tell of port %d\n", name, int{port});
      return false;
    }
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const double before = watch.processor();
  std::this_thread::sleep_for(std::chrono::seconds(kIdleSeconds));
  const double idle = (watch.processor() - before) / kIdleSeconds;
  std::printf("  %-28s %9.1f ms %9.1f ms %9.1f ms %12.3f %%\n", name, milliseconds.front(),
              milliseconds[milliseconds.size() / 2], milliseconds.back(), 100 * idle);
  std::fflush(stdout);
  for (const int handle : handles) close(handle);
  return true;
}

}  // namespace

int main() {
  enter_own_namespaces();
  const std::string program = DEADLIGHT_PROGRAM;
  std::printf(
      "from bind() or listen() to the line of `deadlight watch`, %d sockets; idle for %d s\n",
      kListeners, kIdleSeconds);
  std::printf("  %-28s %12s %12s %12s %14s\n", "", "least", "median", "most", "idle, a core");
  const bool bpf = measure("deadlight watch", {program, "watch", "--json"});
  const bool polled = measure("deadlight watch --no-bpf", {program, "watch", "--json", "--no-bpf"});
  return bpf && polled ? 0 : 1;
}
