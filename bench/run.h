#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

/// A command and its arguments.
using Arguments = std::vector<std::string>;

/// Seconds until the command (looked for in PATH) has ended, output to /dev/null; below 0 if it
/// could not run or failed. Exit code 1 is no failure: it means findings.
inline double run_once(const Arguments& arguments) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int failed = posix_spawnp(&child, raw.front(), &actions, nullptr, raw.data(), environ);
  int status = 0;
  if (failed == 0) waitpid(child, &status, 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? took.count() : -1;
}
