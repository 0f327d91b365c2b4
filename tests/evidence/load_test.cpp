#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "evidence/limits.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

namespace fs = std::filesystem;

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("deadlight_load_" + std::to_string(getpid()));
    fs::create_directories(folder_ / "sub");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& name) const { std::ofstream(folder_ / name) << "in " << name; }

  fs::path folder_;
};

TEST_F(LoadTest, AFolderGivesItsFilesByName) {
  put("b.txt");
  put("a.txt");
  put("sub/deeper.txt");
  const auto inputs = load({folder_, folder_ / "b.txt"});
  ASSERT_TRUE(inputs) << inputs.error().message;
  ASSERT_EQ(inputs->size(), 3U);
  EXPECT_EQ((*inputs)[0].name, (folder_ / "a.txt").string());
  EXPECT_EQ((*inputs)[0].bytes, "in a.txt");
  EXPECT_EQ((*inputs)[1].name, (folder_ / "b.txt").string());
  EXPECT_EQ((*inputs)[2].name, (folder_ / "b.txt").string());
}

TEST_F(LoadTest, AFileThatIsNotThereIsNamed) {
  const auto inputs = load({folder_ / "none.txt"});
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().code, Errc::not_found);
  EXPECT_THAT(inputs.error().message, testing::StartsWith((folder_ / "none.txt").string() + ": "));
}

TEST_F(LoadTest, AnEmptyFolderIsAnError) {
  const auto inputs = load({folder_ / "sub"});
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().code, Errc::not_found);
  EXPECT_EQ(inputs.error().message,
            (folder_ / "sub").string() + ": no file in this folder; give one that holds listings");
}

TEST_F(LoadTest, TooManyFilesAreRefused) {
  put("a.txt");
  const std::vector<fs::path> many(kInputsMax + 1, folder_ / "a.txt");
  const auto inputs = load(many);
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().code, Errc::limit);
  EXPECT_THAT(inputs.error().message, testing::HasSubstr("more than 4096 files; give fewer"));
}

}  // namespace
}  // namespace deadlight::evidence::test
