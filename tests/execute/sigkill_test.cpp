#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "execute/child.h"
#include "execute/executor.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

namespace fs = std::filesystem;

/// Counts what a real process does, and ends it with SIGKILL at a chosen instant.
class Trigger {
 public:
  explicit Trigger(long last) : left_(last) {}
  void instant() {
    if (left_-- == 0) ::raise(SIGKILL);
  }

 private:
  long left_;
};

/// Real files below a folder. Replaced by a rename, as a host must do it; what a killed process
/// left beside a file goes with the next change of that file.
class FilesHost : public ActHost {
 public:
  explicit FilesHost(Trigger& trigger) : trigger_(trigger) {}

  Result<State> state(Thing /*thing*/, const std::string& target) override {
    struct stat status {};
    if (::lstat(target.c_str(), &status) != 0) return State{};
    State state{Form::folder, "", status.st_mode & 07777, status.st_uid, status.st_gid};
    if (S_ISDIR(status.st_mode)) return state;
    if (S_ISLNK(status.st_mode)) return State{Form::link, fs::read_symlink(target), 0, 0, 0};
    state.form = Form::file;
    state.content = DEADLIGHT_TRY(read_file(target, 1024));
    return state;
  }

  Result<> set(Thing /*thing*/, const std::string& target, const State& to) override {
    trigger_.instant();
    std::error_code error;
    const std::string beside = target + ".new";
    fs::remove(beside, error);
    if (to.form == Form::absent) {
      fs::remove(target, error);
    } else if (to.form == Form::folder) {
      fs::create_directory(target, error);
      ::chmod(target.c_str(), to.mode);
    } else {
      if (to.form == Form::link) {
        fs::create_symlink(to.content, beside, error);
      } else {
        DEADLIGHT_TRY(write_file(beside, to.content));
        ::chmod(beside.c_str(), to.mode);
      }
      trigger_.instant();
      fs::rename(beside, target, error);
    }
    trigger_.instant();
    if (error == std::errc::directory_not_empty) return fail(Errc::conflict, target);
    if (error) return fail(Errc::io, target + ": " + error.message());
    return {};
  }

  Result<> settle(const Settle& /*settle*/) override { return {}; }

 private:
  Trigger& trigger_;
};

/// The real file, with instants between all that it does.
class TriggerFile : public JournalFile {
 public:
  TriggerFile(std::unique_ptr<JournalFile> file, Trigger& trigger)
      : file_(std::move(file)), trigger_(trigger) {}

  Result<std::string> read(std::size_t bytes_max) override { return file_->read(bytes_max); }
  Result<> append(std::string_view bytes) override {
    trigger_.instant();
    DEADLIGHT_TRY(file_->append(bytes.substr(0, bytes.size() / 2)));
    trigger_.instant();
    DEADLIGHT_TRY(file_->append(bytes.substr(bytes.size() / 2)));
    trigger_.instant();
    return {};
  }
  Result<> sync() override {
    DEADLIGHT_TRY(file_->sync());
    trigger_.instant();
    return {};
  }
  Result<> truncate(std::uint64_t bytes) override {
    DEADLIGHT_TRY(file_->truncate(bytes));
    trigger_.instant();
    return {};
  }

 private:
  std::unique_ptr<JournalFile> file_;
  Trigger& trigger_;
};

/// Names, kinds, rights and content of all below a folder.
std::map<std::string, std::string> tree_of(const std::string& folder) {
  std::map<std::string, std::string> tree;
  Trigger never(-1);
  FilesHost host(never);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path();
    const State state = *host.state(Thing::file, path);
    tree[path.substr(folder.size())] = std::to_string(static_cast<int>(state.form)) + ' ' +
                                       std::to_string(state.mode) + ' ' + state.content;
  }
  return tree;
}
using Tree = std::map<std::string, std::string>;

class SigkillTest : public testing::Test {
 protected:
  void set_up_tree() {
    fs::remove_all(root_);
    fs::remove_all(journal_);
    fs::create_directory(root_);
    ASSERT_TRUE(write_file(root_ + "/main.conf", "listen all\n"));
    ::chmod((root_ + "/main.conf").c_str(), 0640);
    fs::create_symlink("/lib/x", root_ + "/enabled");
  }

  std::vector<PlannedStep> steps() const {
    const auto uid = ::geteuid();
    const auto gid = ::getegid();
    PlannedStep one;
    one.what.acts = {{Thing::file, root_ + "/x.d", {Form::folder, "", 0755, uid, gid}},
                     {Thing::file, root_ + "/x.d/a.conf", {Form::file, "own", 0644, uid, gid}},
                     {Thing::file, root_ + "/main.conf", {Form::file, "none", 0640, uid, gid}}};
    PlannedStep two;
    two.what.acts = {{Thing::file, root_ + "/enabled", {}},
                     {Thing::file, root_ + "/masked", {Form::link, "/dev/null", 0, 0, 0}}};
    return {one, two};
  }

  /// A process that does `work` and is killed at `instant`; true if it was.
  template <class Work>
  bool killed_at(long instant, const Work& work) {
    const std::string said = in_child([&]() -> std::string {
      Trigger trigger(instant);
      auto file = open_journal_file(journal_ + "/journal");
      if (!file) return file.error().message;
      auto journal =
          Journal::open(std::make_unique<TriggerFile>(std::move(*file), trigger), "journal");
      if (!journal) return journal.error().message;
      FilesHost host(trigger);
      Executor executor(host, *journal, {});
      work(executor);
      return journal->history().unfinished().empty() ? "" : "unfinished";
    });
    EXPECT_THAT(said, testing::AnyOf("", "killed"));
    return said == "killed";
  }
  bool carry_out(long instant) {
    return killed_at(instant, [this](Executor& executor) {
      static_cast<void>(executor.carry_out(sample_info(), steps()));
    });
  }
  bool recover(long instant) {
    return killed_at(instant, [](Executor& executor) { executor.recover(); });
  }
  bool rollback(long instant) {
    return killed_at(instant, [](Executor& executor) {
      executor.recover();
      static_cast<void>(executor.rollback({{1, {}}}, false));
    });
  }

  static constexpr long kNever = -1;
  const Folder folder_;
  const std::string root_ = folder_.path() + "/root";
  const std::string journal_ = folder_.path() + "/journal";
};

TEST_F(SigkillTest, RealFilesAreAsBeforeOrAfterAStep) {
  set_up_tree();
  std::vector<Tree> boundaries = {tree_of(root_)};
  for (const PlannedStep& step : steps()) {
    killed_at(kNever, [&](Executor& executor) {
      static_cast<void>(executor.carry_out(sample_info(), {step}));
    });
    boundaries.push_back(tree_of(root_));
  }
  ASSERT_NE(boundaries[1], boundaries[0]);
  ASSERT_NE(boundaries[2], boundaries[1]);

  long instant = 0;
  for (;; ++instant) {
    SCOPED_TRACE(instant);
    set_up_tree();
    if (!carry_out(instant)) break;
    for (long second = instant % 11; recover(second); second += 11) {
    }
    EXPECT_THAT(boundaries, testing::Contains(tree_of(root_)));
    if (instant % 3 == 0) {
      for (long third = instant % 9; rollback(third); third += 9) {
      }
      if (look_at_journal(journal_ + "/journal")->runs().empty()) continue;
      EXPECT_EQ(tree_of(root_), boundaries[0]);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(instant, 50);
  EXPECT_EQ(tree_of(root_), boundaries[2]);
}

}  // namespace
}  // namespace deadlight::execute::test
