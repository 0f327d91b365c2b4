#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <vector>

#include "base/file.h"
#include "harness.h"
#include "harness_role.h"
#include "harness_sock_diag.h"

namespace deadlight::fuzz {
namespace {

constexpr std::size_t kInputBytesMax = 1024 * 1024;

void role(std::string_view bytes) {
  fuzz_role(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

void sock_diag(std::string_view bytes) {
  fuzz_sock_diag(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names = harness_names();
  names.insert(names.end(), {"role", "sock_diag"});
  return names;
}

void run_any(std::string_view name, std::string_view bytes) {
  if (name == "role") return role(bytes);
  name == "sock_diag" ? sock_diag(bytes) : run_harness(name, bytes);
}

/// The functions abort on a broken promise, so a failure names the harness that was running.
TEST(FuzzCorpus, EveryInputKeepsThePromises) {
  std::set<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(DEADLIGHT_FUZZ_CORPUS)) {
    folders.insert(entry.path());
  }
  for (const std::string_view name : all_names()) {
    SCOPED_TRACE(name);
    const std::filesystem::path folder = std::filesystem::path(DEADLIGHT_FUZZ_CORPUS) / name;
    int inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto bytes = read_file(entry.path(), kInputBytesMax);
      ASSERT_TRUE(bytes) << bytes.error().message;
      run_any(name, *bytes);
      ++inputs;
    }
    EXPECT_GE(inputs, 2) << folder;
    folders.erase(folder);
  }
  for (const auto& folder : folders) ADD_FAILURE() << folder << " belongs to no harness";
}

TEST(FuzzCorpus, EmptyAndOddBytesAreTaken) {
  for (const std::string_view name : all_names()) {
    SCOPED_TRACE(name);
    std::string every_byte;
    for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
    for (const std::string& bytes : {std::string(), std::string("\n"), every_byte}) {
      EXPECT_NO_FATAL_FAILURE(run_any(name, bytes));
    }
  }
}

}  // namespace
}  // namespace deadlight::fuzz
