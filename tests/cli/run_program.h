#pragma once

#include <string>
#include <vector>

namespace deadlight::test {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Runs the program that was built, without a terminal, and waits for it. `columns` sets COLUMNS.
Ran run_program(const std::vector<std::string>& arguments, int columns = 80,
                const std::string& standard_input = {});

}  // namespace deadlight::test
