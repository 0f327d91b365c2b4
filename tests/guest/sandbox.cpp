#include "sandbox.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

namespace deadlight::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInside = "DEADLIGHT_GUEST_SANDBOX";  // its value is the folder

bool systemd_runs_this_host() { return fs::exists("/run/systemd/system"); }

bool move_here(const fs::path& cgroup) {
  return static_cast<bool>(std::ofstream(cgroup / "cgroup.procs") << getpid() << std::flush);
}

// Files of a cgroup go with their folder; a cgroup that is in use stays.
bool remove_cgroups(const fs::path& cgroup) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(cgroup, ignored)) {
    if (entry.is_directory(ignored)) remove_cgroups(entry.path());
  }
  return rmdir(cgroup.c_str()) == 0;
}

/// Where systemd-nspawn makes the guest's cgroups, in the trees that it uses: systemd's own and the
/// unified one. Two guests must not share them.
class OwnCgroups {
 public:
  OwnCgroups() {
    // A systemd outside is asked for a cgroup instead.
    if (systemd_runs_this_host()) return;
    const std::string name = "deadlight-guest-" + std::to_string(getpid());
    std::ifstream lines("/proc/self/cgroup");
    for (std::string line; std::getline(lines, line);) {
      const fs::path tree = tree_of(line);
      if (tree.empty()) continue;
      const fs::path outer = tree / fs::path(line.substr(line.rfind(':') + 1)).relative_path();
      std::error_code error;
      if (fs::create_directory(outer / name, error) && move_here(outer / name)) {
        made_.push_back({outer, outer / name});
      }
    }
  }
  OwnCgroups(const OwnCgroups&) = delete;
  OwnCgroups& operator=(const OwnCgroups&) = delete;
  ~OwnCgroups() {
    for (const Made& one : made_) {
      move_here(one.outer);
      // What was killed just now may take a moment to leave.
      for (int tries = 0; tries < 100 && !remove_cgroups(one.own); ++tries) usleep(20'000);
    }
  }

 private:
  struct Made {
    fs::path outer;
    fs::path own;
  };

  static fs::path tree_of(const std::string& line) {
    if (line.find(":name=systemd:") != std::string::npos) return "/sys/fs/cgroup/systemd";
    if (!line.starts_with("0::")) return {};
    return fs::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
  }

  std::vector<Made> made_;
};

std::vector<std::string> command(int argc, char** argv) {
  std::vector<std::string> words;
  if (systemd_runs_this_host()) {
    words = {"systemd-run", "--scope", "--quiet", "--property=Delegate=yes", "--"};
  }
  for (const char* word : {"unshare", "--mount", "--propagation=private", "--pid", "--fork",
                           "--kill-child", "--mount-proc", "--"}) {
    words.emplace_back(word);
  }
  words.push_back(fs::read_symlink("/proc/self/exe").string());
  words.insert(words.end(), argv + 1, argv + argc);
  return words;
}

// Ctrl-C or the end of the time that ctest gives: what is inside ends first, then there is to tidy
// up.
volatile pid_t inside = -1;
void end_inside(int) { kill(inside, SIGKILL); }

int run_inside(const std::vector<std::string>& words, const std::string& folder) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv(kInside, folder.c_str(), 1);
    execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  inside = child;
  std::signal(SIGINT, end_inside);
  std::signal(SIGTERM, end_inside);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool may_unshare() {
  return std::system(
             "unshare --mount --propagation=private --pid --fork --mount-proc true "
             ">/dev/null 2>&1") == 0;
}

}  // namespace

std::string enter_sandbox(int argc, char** argv) {
  if (std::getenv(kInside) != nullptr) return {};
  if (geteuid() != 0) return "a guest needs root";
  if (!may_unshare()) return "a guest needs namespaces of its own, and unshare(1) makes none here";
  std::string folder = fs::temp_directory_path() / "deadlight-guest-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return folder + ": " + std::strerror(errno);
  int exit_code = 0;
  {
    const OwnCgroups cgroups;
    exit_code = run_inside(command(argc, argv), folder);
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  std::exit(exit_code);
}

fs::path sandbox_folder() {
  const char* folder = std::getenv(kInside);
  return folder != nullptr ? folder : "";
}

}  // namespace deadlight::test
