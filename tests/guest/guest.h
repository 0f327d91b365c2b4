#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace deadlight::test {

/// What a command in the guest said, and how it ended.
struct Said {
  int exit_code = -1;  ///< 124: it took too long and was ended
  std::string out;
  std::string err;
};

/// The bytes of a file; empty if it cannot be read.
std::string content(const std::filesystem::path& path);

/// A command that still runs in the guest.
class Running {
 public:
  Running(pid_t entered, std::filesystem::path out, std::filesystem::path err);
  Running(Running&& other) noexcept;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Running& operator=(Running&&) = delete;
  ~Running();

  /// To the command itself: SIGKILL, SIGSTOP, SIGCONT.
  void signal(int number) const;
  bool ended();
  /// Waits for its end, ends it after `most`.
  Said wait(std::chrono::seconds most = std::chrono::seconds(60));

 private:
  bool reap(bool block);

  pid_t entered_;  // nsenter; its only child is the command
  int status_ = -1;
  bool reaped_ = false;
  std::filesystem::path out_;
  std::filesystem::path err_;
};

/// A Debian 12 booted by systemd-nspawn, without a network but its own loopback. Each object starts
/// from the same tree; what the guest writes is kept in memory until the object ends, over reboots
/// too. Only in enter_sandbox(), which ends guests whose object does not. One thread.
class Guest {
 public:
  /// `tree`: as build_guest printed it. Empty `problem()` if it is up.
  explicit Guest(const std::filesystem::path& tree);
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  /// Why the guest is not up, in one line.
  const std::string& problem() const { return problem_; }
  /// The guest's "/" as seen from outside; not to be written to while it runs.
  const std::filesystem::path& root() const { return root_; }

  /// Puts a program to /opt, with the libraries that the guest lacks.
  void install(const std::filesystem::path& program);
  void write(const std::string& path, const std::string& content);
  void link(const std::string& path, const std::string& target);
  /// Puts `now` where `before` is. False if it is not there.
  bool edit(const std::string& path, const std::string& before, const std::string& now);

  void boot();
  /// As its own user would; up again when it returns.
  void reboot();
  /// Every process of the guest ends at once. boot() follows.
  void cut_power();

  /// `command`: for /bin/sh, as root.
  Said run(const std::string& command, std::chrono::seconds most = std::chrono::seconds(60));
  /// `command`: one program with its arguments, no shell syntax.
  Running start(const std::string& command);

 private:
  void stop();
  bool wait_for_end(std::chrono::seconds most);
  bool find_leader();

  std::filesystem::path folder_;
  std::filesystem::path root_;
  std::string problem_;
  pid_t nspawn_ = -1;
  pid_t leader_ = -1;
  int commands_ = 0;
};

}  // namespace deadlight::test
