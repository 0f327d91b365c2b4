// The real knowledge base, as it is compiled in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {
namespace {

// Counts the headings of rows in the files, independently of the loader.
std::map<std::string, std::size_t> headings() {
  std::map<std::string, std::size_t> count;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(DEADLIGHT_DATA)) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      const std::string_view text = trim(line);
      if (text.starts_with("[[") && text.find('.') == std::string_view::npos) {
        ++count[std::string(text.substr(0, text.find(']')))];
      }
    }
  }
  return count;
}

TEST(Builtin, HasNoProblems) { EXPECT_THAT(check(builtin()), testing::IsEmpty()); }

TEST(Builtin, HoldsEveryRowOfEveryFile) {
  std::map<std::string, std::size_t> rows = headings();
  EXPECT_GT(rows.size(), 0U);
  EXPECT_EQ(builtin().sources.size(), rows["[[source"]);
  EXPECT_EQ(builtin().capabilities.size(), rows["[[capability"]);
  EXPECT_EQ(builtin().services.size(), rows["[[service"]);
  EXPECT_EQ(builtin().groups.size(), rows["[[group"]);
  EXPECT_EQ(builtin().features.size(), rows["[[feature"]);
  EXPECT_EQ(builtin().closers.size(), rows["[[closer"]);
  EXPECT_EQ(builtin().ports.size(), rows["[[port"]);
  EXPECT_EQ(builtin().roles.size(), rows["[[role"]);
  EXPECT_EQ(builtin().rpc.size(), rows["[[rpc_interface"]);
  EXPECT_EQ(builtin().netbios.size(), rows["[[netbios_suffix"]);
  EXPECT_EQ(builtin().smb.size(), rows["[[smb_transport"]);
  EXPECT_EQ(builtin().os_signs.size(), rows["[[os_sign"]);
  EXPECT_GT(builtin().registry.ports.size(), 6000U);
}

TEST(Builtin, EqualsTheFiles) {
  const Result<Loaded> loaded = load(DEADLIGHT_DATA, Knowledge{});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(to_cpp(builtin()) == to_cpp(loaded->knowledge)) << "build again";
}

TEST(Builtin, ProtectsWhatWouldKillAHost) {
  for (const std::string_view name : {"RpcSs", "DcomLaunch", "RpcEptMapper", "EventLog"}) {
    const ServiceFact* service = builtin().service(name);
    ASSERT_NE(service, nullptr) << name;
    EXPECT_FALSE(service->protected_because.empty()) << name;
  }
}

// A number that only what always runs opens is proof: a service of some hosts must not be among it.
TEST(Builtin, WhatAlwaysRunsDoesSoOnEveryHost) {
  EXPECT_TRUE(builtin().service("RpcSs")->always_runs.contains(Os::win2000));
  EXPECT_TRUE(builtin().service("RpcEptMapper")->always_runs.contains(Os::server2025));
  for (const ServiceFact& service : builtin().services) {
    if (service.always_runs.from == Os::unknown) continue;
    EXPECT_FALSE(lists(service.provides, "domain-controller")) << service.id;
    EXPECT_FALSE(service.protected_because.empty()) << service.id;
  }
}

TEST(Builtin, HasTheRolesThatTheManualNames) {
  for (const std::string_view id :
       {"closed", "workstation", "internal-file-server", "public-web-server", "decoy-host",
        "domain-member", "domain-controller", "sql-server", "print-server", "rdp-host",
        "hypervisor", "linux-server", "linux-domain-member", "linux-domain-controller",
        "linux-database-server", "linux-print-server", "linux-remote-desktop",
        "linux-hypervisor"}) {
    EXPECT_NE(builtin().role(id), nullptr) << id;
  }
}

}  // namespace
}  // namespace deadlight::knowledge
