#include "guest.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "sandbox.h"

namespace deadlight::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kBootMax{60};
constexpr milliseconds kPoll{10};
constexpr int kExitTookTooLong = 124;

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return output;
  char chunk[4096];
  while (std::fgets(chunk, sizeof chunk, pipe) != nullptr) output += chunk;
  pclose(pipe);
  return output;
}

template <class Condition>
bool wait_until(Condition condition, milliseconds most) {
  for (const auto end = Clock::now() + most; Clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(kPoll);
  }
  return condition();
}

pid_t spawn(const std::vector<std::string>& words, const fs::path& out, const fs::path& err) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int to = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int to_err = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  dup2(nothing, STDIN_FILENO);
  dup2(to, STDOUT_FILENO);
  dup2(to_err, STDERR_FILENO);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  const std::string own = std::to_string(pid);
  std::istringstream text(content("/proc/" + own + "/task/" + own + "/children"));
  for (pid_t child = 0; text >> child;) children.push_back(child);
  return children;
}

/// PID 1 of a namespace below this one.
bool is_first(pid_t pid) {
  for (const std::string_view line :
       split(content("/proc/" + std::to_string(pid) + "/status"), '\n')) {
    if (line.starts_with("NSpid:")) return line.ends_with("\t1") && !line.ends_with(":\t1");
  }
  return false;
}

}  // namespace

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Running::Running(pid_t entered, fs::path out, fs::path err)
    : entered_(entered), out_(std::move(out)), err_(std::move(err)) {}

Running::Running(Running&& other) noexcept
    : entered_(std::exchange(other.entered_, -1)),
      status_(other.status_),
      reaped_(other.reaped_),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

Running::~Running() {
  if (entered_ < 0 || reaped_) return;
  signal(SIGKILL);
  kill(entered_, SIGKILL);
  reap(true);
}

void Running::signal(int number) const {
  for (const pid_t child : children_of(entered_)) kill(child, number);
  // nsenter stops with its child, and does not go on by itself.
  if (number == SIGCONT) kill(entered_, number);
}

bool Running::reap(bool block) {
  if (!reaped_ && waitpid(entered_, &status_, block ? 0 : WNOHANG) == entered_) reaped_ = true;
  return reaped_;
}

bool Running::ended() { return reap(false); }

Said Running::wait(seconds most) {
  Said said;
  if (wait_until([this] { return ended(); }, most)) {
    said.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  } else {
    signal(SIGKILL);
    kill(entered_, SIGKILL);
    reap(true);
    said.exit_code = kExitTookTooLong;
  }
  said.out = content(out_);
  said.err = content(err_);
  return said;
}

Guest::Guest(const fs::path& tree) {
  std::string pattern = sandbox_folder() / "XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    problem_ = pattern + ": " + std::strerror(errno);
    return;
  }
  folder_ = pattern;
  if (mount("tmpfs", folder_.c_str(), "tmpfs", 0, "mode=0700") != 0) {
    problem_ = "a tmpfs cannot be mounted: " + std::string(std::strerror(errno));
    return;
  }
  for (const char* name : {"upper", "work", "root", "said"}) fs::create_directory(folder_ / name);
  fs::permissions(folder_ / "upper", fs::perms(0755));
  const std::string options = "lowerdir=" + tree.string() + ",upperdir=" + folder_.string() +
                              "/upper,workdir=" + folder_.string() + "/work";
  root_ = folder_ / "root";
  if (mount("overlay", root_.c_str(), "overlay", 0, options.c_str()) != 0) {
    problem_ = "an overlay cannot be mounted: " + std::string(std::strerror(errno));
  }
}

Guest::~Guest() {
  stop();
  if (folder_.empty()) return;
  umount2(root_.c_str(), MNT_DETACH);
  umount2(folder_.c_str(), MNT_DETACH);
  std::error_code ignored;
  fs::remove(folder_, ignored);
}

void Guest::stop() {
  if (leader_ > 0) kill(leader_, SIGKILL);
  if (nspawn_ > 0 && !wait_for_end(seconds(10))) {
    kill(nspawn_, SIGKILL);
    wait_for_end(seconds(10));
  }
}

bool Guest::wait_for_end(seconds most) {
  if (nspawn_ < 0) return true;
  int status = 0;
  if (!wait_until([&] { return waitpid(nspawn_, &status, WNOHANG) == nspawn_; }, most))
    return false;
  nspawn_ = leader_ = -1;
  return true;
}

void Guest::install(const fs::path& program) {
  const fs::path opt = root_ / "opt" / "deadlight";
  fs::create_directories(opt);
  fs::copy_file(program, opt / program.filename(), fs::copy_options::overwrite_existing);
  // A line of ldd: "libfmt.so.9 => /lib/x86_64-linux-gnu/libfmt.so.9 (0x…)".
  std::istringstream lines(output_of("ldd '" + program.string() + "'"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t from = line.find("=> /");
    if (from == std::string::npos) continue;
    const fs::path library = line.substr(from + 3, line.find(" (") - from - 3);
    const fs::path there =
        root_ / "usr/lib" / library.parent_path().filename() / library.filename();
    if (!fs::exists(fs::symlink_status(there))) fs::copy_file(library, there);
  }
}

void Guest::write(const std::string& path, const std::string& content) {
  const fs::path file = root_ / fs::path(path).relative_path();
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

void Guest::link(const std::string& path, const std::string& target) {
  const fs::path link = root_ / fs::path(path).relative_path();
  fs::create_directories(link.parent_path());
  fs::create_symlink(target, link);
}

bool Guest::edit(const std::string& path, const std::string& before, const std::string& now) {
  std::string text = content(root_ / fs::path(path).relative_path());
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return false;
  write(path, text.replace(at, before.size(), now));
  return true;
}

bool Guest::find_leader() {
  for (const pid_t child : children_of(nspawn_)) {
    if (is_first(child)) leader_ = child;
  }
  return leader_ > 0;
}

void Guest::boot() {
  if (!problem_.empty()) return;
  const fs::path console = folder_ / "said" / "console";
  nspawn_ = spawn({"systemd-nspawn", "--quiet", "--directory=" + root_.string(), "--machine=guest",
                   "--private-network", "--register=no", "--keep-unit", "--link-journal=no",
                   "--resolv-conf=off", "--timezone=off", "--console=pipe", "--boot"},
                  console, console);
  const bool began = wait_until(
      [this] {
        int status = 0;
        if (waitpid(nspawn_, &status, WNOHANG) == nspawn_) nspawn_ = -1;
        return nspawn_ < 0 || (find_leader() && fs::exists("/proc/" + std::to_string(leader_) +
                                                           "/root/run/systemd/private"));
      },
      kBootMax);
  if (!began || nspawn_ < 0) {
    const std::string said = content(console);
    problem_ = "systemd-nspawn boots no guest here: " + said.substr(0, said.find('\n'));
    return;
  }
  const Said up = run("systemctl is-system-running --wait", kBootMax);
  if (up.out != "running\n" && up.out != "degraded\n") {
    problem_ = "the guest does not come up: " + std::string(trim(up.out + up.err));
  }
}

void Guest::reboot() {
  run("systemctl reboot");
  if (!wait_for_end(kBootMax)) {
    problem_ = "the guest does not go down";
    return;
  }
  boot();
}

void Guest::cut_power() { stop(); }

Said Guest::run(const std::string& command, seconds most) {
  const fs::path said = folder_ / "said" / std::to_string(commands_++);
  const pid_t entered =
      spawn({"nsenter", "--target=" + std::to_string(leader_), "--all", "--", "env", "-i",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/opt/deadlight", "LC_ALL=C.UTF-8", "HOME=/root",
             "COLUMNS=200", "/bin/sh", "-c", command},
            said.string() + ".out", said.string() + ".err");
  return Running(entered, said.string() + ".out", said.string() + ".err").wait(most);
}

Running Guest::start(const std::string& command) {
  const fs::path said = folder_ / "said" / std::to_string(commands_++);
  const pid_t entered = spawn({"nsenter", "--target=" + std::to_string(leader_), "--all", "--",
                               "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/opt/deadlight",
                               "LC_ALL=C.UTF-8", "HOME=/root", "/bin/sh", "-c", "exec " + command},
                              said.string() + ".out", said.string() + ".err");
  return {entered, said.string() + ".out", said.string() + ".err"};
}

}  // namespace deadlight::test
