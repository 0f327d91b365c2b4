#include "started_guest.h"

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>

#include "base/text.h"

namespace deadlight::test {
namespace {

std::string& reason() {
  static std::string text;
  return text;
}

struct Tree {
  std::filesystem::path path;
  std::string problem;
};

/// Made once, by the first test that wants it.
const Tree& tree() {
  static const Tree made = [] {
    Tree result;
    const std::string command = DEADLIGHT_BUILD_GUEST " '" DEADLIGHT_GUEST_CACHE "' 2>&1";
    std::FILE* pipe = popen(command.c_str(), "re");
    if (pipe == nullptr) return Tree{{}, "a shell cannot be started"};
    std::string said;
    char chunk[4096];
    while (std::fgets(chunk, sizeof chunk, pipe) != nullptr) said += chunk;
    const int status = pclose(pipe);
    const std::string line(trim(said));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      result.path = line;
    } else {
      result.problem = line;
    }
    return result;
  }();
  return made;
}

}  // namespace

void no_guest_because(const std::string& why) { reason() = why; }

bool expose_daemons(Guest& guest) {
  guest.write("/etc/systemd/system/visit.socket",
              "[Socket]\nListenStream=7777\n[Install]\nWantedBy=sockets.target\n");
  guest.write("/etc/systemd/system/visit.socket.d/50-few.conf", "[Socket]\nBacklog=16\n");
  guest.write("/etc/systemd/system/visit.service", "[Service]\nExecStart=sleep infinity\n");
  guest.link("/etc/systemd/system/sockets.target.wants/visit.socket",
             "/etc/systemd/system/visit.socket");
  return guest.edit("/etc/cups/cupsd.conf", "Listen localhost:631", "Port 631") &&
         guest.edit("/etc/postgresql/15/main/postgresql.conf", "#listen_addresses = 'localhost'",
                    "listen_addresses = '*'") &&
         guest.edit("/etc/exim4/update-exim4.conf.conf", "dc_eximconfig_configtype='local'",
                    "dc_eximconfig_configtype='internet'") &&
         guest.edit("/etc/exim4/update-exim4.conf.conf", "dc_local_interfaces='127.0.0.1 ; ::1'",
                    "dc_local_interfaces=''");
}

void WithGuest::SetUp() {
  if (reason().empty()) reason() = tree().problem;
  if (!reason().empty()) GTEST_SKIP() << reason();
  guest_ = std::make_unique<Guest>(tree().path);
  if (guest_->problem().empty()) {
    guest_->install(DEADLIGHT_PROGRAM);
    prepare(*guest_);
    guest_->boot();
  }
  // What has come up once comes up here: only the first guest finds out whether this machine can.
  static bool came_up = false;
  if (!guest_->problem().empty()) {
    if (came_up) FAIL() << guest_->problem();
    reason() = guest_->problem();
    GTEST_SKIP() << reason();
  }
  came_up = true;
  const Said version = deadlight("--version");
  ASSERT_EQ(version.exit_code, 0) << "the program does not start in Debian 12: " << version.err;
}

Said WithGuest::make_plan(const std::string& keep) {
  return deadlight("plan --role public-web-server --keep '" + keep + "' --json -o /root/plan.json");
}

}  // namespace deadlight::test
