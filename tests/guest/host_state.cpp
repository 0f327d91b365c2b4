#include "host_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>

namespace deadlight::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolders[] = {"etc", "usr/lib/systemd/system", "usr/local/lib",
                                    "var/lib/systemd"};

/// What runs by itself once in a while, and ends by itself.
constexpr const char* kPassing[] = {"apt-daily.service",      "apt-daily-upgrade.service",
                                    "dpkg-db-backup.service", "e2scrub_all.service",
                                    "e2scrub_reap.service",   "systemd-tmpfiles-clean.service"};

/// A UDP port that nobody chose is another one after each start of its program.
constexpr const char* kLook = R"sh(
set -e
for tries in $(seq 200); do
  test -z "$(systemctl list-jobs --no-legend)" && break
  sleep 0.05
done
systemctl list-unit-files --plain --no-legend | awk '{print $1, $2, $3}'
echo '= running'
systemctl list-units --plain --no-legend --state=active,reloading,activating \
  --type=service,socket,path,timer | awk '{print $1}'
echo '= listeners'
ss -Htulnp | awk '{
  split($7, name, "\"")
  if ($1 == "udp") sub(/:[3-6][0-9][0-9][0-9][0-9]$/, ":any", $5)
  print $1, $5, name[2]
}'
echo '= rules'
nft list ruleset
)sh";

std::string described(const fs::path& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return "vanished";
  std::ostringstream text;
  text << std::oct << info.st_mode << std::dec << ' ' << info.st_uid << ':' << info.st_gid << ' ';
  if (S_ISLNK(info.st_mode)) text << fs::read_symlink(path).string();
  if (S_ISREG(info.st_mode)) text << content(path);
  return text.str();
}

void add_tree(const fs::path& root, const std::string& folder,
              std::map<std::string, std::string>& files) {
  files["/" + folder] = described(root / folder);
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    files["/" + fs::relative(entry.path(), root).string()] = described(entry.path());
  }
}

void compare(const std::string& what, const std::set<std::string>& before,
             const std::set<std::string>& after, std::vector<std::string>& found) {
  for (const std::string& one : before) {
    if (!after.contains(one)) found.push_back(what + " is gone: " + one);
  }
  for (const std::string& one : after) {
    if (!before.contains(one)) found.push_back(what + " is new: " + one);
  }
}

}  // namespace

HostState look_at(Guest& guest) {
  HostState state;
  const Said said = guest.run(kLook);
  EXPECT_EQ(said.exit_code, 0) << "the guest cannot be looked at: " << said.err;
  std::istringstream lines(said.out);
  std::set<std::string>* part = &state.enablement;
  for (std::string line; std::getline(lines, line);) {
    if (line == "= running") part = &state.running;
    if (line == "= listeners") part = &state.listeners;
    if (line == "= rules") part = &state.rules;
    if (!line.starts_with("= ")) part->insert(line);
  }
  for (const char* unit : kPassing) state.running.erase(unit);
  for (const char* folder : kFolders) add_tree(guest.root(), folder, state.files);
  return state;
}

std::vector<std::string> differences(const HostState& before, const HostState& after) {
  std::vector<std::string> found;
  for (const auto& [path, what] : before.files) {
    const auto now = after.files.find(path);
    if (now == after.files.end()) {
      found.push_back(path + " is gone, it was: " + what.substr(0, 200));
    } else if (now->second != what) {
      found.push_back(path + " was: " + what.substr(0, 200) +
                      "\n  is: " + now->second.substr(0, 200));
    }
  }
  for (const auto& [path, what] : after.files) {
    if (!before.files.contains(path)) found.push_back(path + " is new: " + what.substr(0, 200));
  }
  compare("enablement", before.enablement, after.enablement, found);
  compare("running", before.running, after.running, found);
  compare("listener", before.listeners, after.listeners, found);
  compare("rule", before.rules, after.rules, found);
  return found;
}

}  // namespace deadlight::test
