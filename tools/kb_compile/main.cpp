// deadlight_kb_compile DATA_DIR OUT.cpp: checks the knowledge base and writes it as constant data.
// A host tool of the build; any problem fails the build.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "knowledge/loader.h"

namespace {

using namespace deadlight;

constexpr std::size_t kOutputBytesMax = std::size_t{1} << 30;

void print(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
}

// Unchanged text keeps the file's time, so that nothing is compiled again.
Result<> write_if_changed(const std::filesystem::path& path, const std::string& text) {
  const Result<std::string> old = read_file(path, kOutputBytesMax);
  if (old && *old == text) return {};
  return write_file(path, text);
}

Result<std::vector<std::string>> compile(const std::filesystem::path& data,
                                         const std::filesystem::path& out) {
  const auto reading = DEADLIGHT_TRY(knowledge::read_folder(data, knowledge::Knowledge{}));
  auto problems = knowledge::problems_of(reading);
  if (problems.empty()) {
    DEADLIGHT_TRY(write_if_changed(out, knowledge::to_cpp(reading.loaded.knowledge)));
  }
  return problems;
}

int run(const std::vector<std::string>& args) {
  if (args.size() != 2) {
    std::fprintf(stderr, "usage: deadlight_kb_compile DATA_DIR OUT.cpp\n");
    return 2;
  }
  const auto problems = compile(args[0], args[1]);
  if (!problems) {
    std::fprintf(stderr, "%s\n", problems.error().message.c_str());
    return 1;
  }
  print(*problems);
  if (problems->empty()) return 0;
  std::fprintf(stderr,
               "%s: not compiled; problems: %zu; docs/adding-knowledge.md explains each key\n",
               args[0].c_str(), problems->size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deadlight_kb_compile: %s\n", error.what());
    return 1;
  }
}
