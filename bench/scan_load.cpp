#include "scan_load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kListenerPort = 10'000;
constexpr std::uint16_t kClientPort = 20'000;
constexpr rlim_t kOpenFiles = 16'384;

void stop_if(bool failed, const char* what) {
  if (!failed) return;
  std::printf("bench_scan: %s: %s\n", what, std::strerror(errno));
  std::exit(2);
}

void set_loopback_up() {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  stop_if(ioctl(handle, SIOCSIFFLAGS, &request) != 0, "loopback");
  close(handle);
}

sockaddr_in address_of(int process, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(0x7F010001U + static_cast<std::uint32_t>(process));
  return address;
}

int bound(int process, std::uint16_t port) {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = address_of(process, port);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return handle >= 0 && bind(handle, generic, sizeof address) == 0 ? handle : -1;
}

bool open_sockets(const Shape& shape, int process) {
  std::vector<int> listeners;
  for (int i = 0; i < shape.listeners; ++i) {
    listeners.push_back(bound(process, static_cast<std::uint16_t>(kListenerPort + i)));
    if (listeners.back() < 0 || listen(listeners.back(), 16) != 0) return false;
  }
  for (int i = 0; i < shape.pairs; ++i) {
    const int client = bound(process, static_cast<std::uint16_t>(kClientPort + i));
    const int to = i % shape.listeners;
    const sockaddr_in address = address_of(process, static_cast<std::uint16_t>(kListenerPort + to));
    if (client < 0 ||
        connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return false;
    }
    if (accept(listeners[static_cast<std::size_t>(to)], nullptr, nullptr) < 0) return false;
  }
  return true;
}

[[noreturn]] void be_load(const Shape& shape, int process, int ready) {
  const char answer = open_sockets(shape, process) ? '+' : '-';
  if (write(ready, &answer, 1) == 1) pause();
  _exit(0);
}

std::string unified_root() {
  for (const char* place : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
    if (access((std::string(place) + "/cgroup.procs").c_str(), W_OK) == 0 &&
        access((std::string(place) + "/cgroup.controllers").c_str(), R_OK) == 0) {
      return place;
    }
  }
  return {};
}

}  // namespace

void enter_own_namespaces() {
  const rlimit files{kOpenFiles, kOpenFiles};
  stop_if(setrlimit(RLIMIT_NOFILE, &files) != 0, "limit of open files");
  stop_if(unshare(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS) != 0, "namespaces (run as root)");
  std::fflush(stdout);
  const pid_t child = fork();
  if (child != 0) {
    int status = 0;
    waitpid(child, &status, 0);
    std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
  }
  stop_if(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0, "mounts");
  stop_if(mount("proc", "/proc", "proc", 0, nullptr) != 0, "/proc");
  // The next namespace gets a table of connections of its own (tcp_child_ehash_entries, ip-sysctl).
  std::ofstream("/proc/sys/net/ipv4/tcp_child_ehash_entries") << 262144;
  stop_if(unshare(CLONE_NEWNET) != 0, "network namespace");
  set_loopback_up();
}

Load::Load(const Shape& shape) : shape_(shape) {
  make_cgroups();
  int ready[2] = {-1, -1};
  stop_if(pipe2(ready, O_CLOEXEC) != 0, "pipe");
  for (int i = 0; i < shape.processes; ++i) {
    const pid_t child = fork();
    stop_if(child < 0, "fork");
    if (child == 0) {
      close(ready[0]);
      // Before it makes sockets: they are of the cgroup that made them.
      if (has_units()) std::ofstream(unit_folder(i) + "/cgroup.procs") << 0;
      be_load(shape, i, ready[1]);
    }
    children_.push_back(child);
  }
  close(ready[1]);
  char answer = 0;
  int good = 0;
  while (good < shape.processes && read(ready[0], &answer, 1) == 1 && answer == '+') ++good;
  close(ready[0]);
  ready_ = good == shape.processes;
}

Load::~Load() {
  for (const pid_t child : children_) kill(child, SIGKILL);
  for (const pid_t child : children_) waitpid(child, nullptr, 0);
  for (auto folder = cgroups_.rbegin(); folder != cgroups_.rend(); ++folder) {
    // The kernel takes a moment to see that nobody is left.
    for (int tries = 0; rmdir(folder->c_str()) != 0 && errno == EBUSY && tries < 100; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
}

std::string Load::unit_folder(int process) const {
  const std::string unit = shape_.own_units ? "load" + std::to_string(process) : "load";
  return cgroups_.front() + "/" + unit + ".service";
}

void Load::make_cgroups() {
  const std::string root = unified_root();
  if (root.empty()) return;
  const auto make = [this](const std::string& folder) {
    std::error_code error;
    if (fs::create_directory(folder, error) || fs::is_directory(folder, error)) {
      cgroups_.push_back(folder);
    }
  };
  make(root + "/deadlight_bench.slice");
  if (!has_units()) return;
  for (int i = 0; i < (shape_.own_units ? shape_.processes : 1); ++i) make(unit_folder(i));
}
