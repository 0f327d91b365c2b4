#include "run_program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace deadlight::test {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Ran run_program(const std::vector<std::string>& arguments, int columns,
                const std::string& standard_input) {
  static int count = 0;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("deadlight-cli-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "in", std::ios::binary) << standard_input;
  std::string command = "COLUMNS=" + std::to_string(columns) + " " + quoted(DEADLIGHT_PROGRAM);
  for (const std::string& argument : arguments) command += " " + quoted(argument);
  command +=
      " <" + quoted(folder / "in") + " >" + quoted(folder / "out") + " 2>" + quoted(folder / "err");
  const int status = std::system(command.c_str());
  Ran ran;
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ran.out = content(folder / "out");
  ran.err = content(folder / "err");
  std::filesystem::remove_all(folder);
  return ran;
}

}  // namespace deadlight::test
