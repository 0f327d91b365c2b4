#include "exposure/program.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "exposure/processes.h"

namespace deadlight {
namespace {

constexpr std::size_t kCutLettersMin = 9;  // lsof cuts names there, the kernel at 15 letters
constexpr std::string_view kPublished =
    "it may be a port that a container publishes ('docker ps' names it): publish it on 127.0.0.1 "
    "or not at all";

struct Advice {
  std::string_view program;
  std::string_view text;
};
constexpr std::array<Advice, 2> kAdvice = {{
    {"docker-proxy", kPublished},
    {"dockerd", kPublished},
}};
constexpr std::array<std::string_view, 3> kFirstPrograms = {"systemd", "init", "launchd"};
constexpr std::array<std::string_view, 8> kInterpreters = {"java", "java.exe", "node", "perl",
                                                           "php",  "python",   "ruby", "python3"};

/// The name of a program, or what a tool left of it.
bool names(std::string_view cut, std::string_view program) {
  return iequals(cut, program) || (cut.size() >= kCutLettersMin && istarts_with(program, cut));
}

}  // namespace

std::string_view program_of(std::string_view process, Os os) {
  if (os != Os::linux) return process;
  return process.substr(0, process.find_first_of(": "));
}

bool is_published(const Endpoint& endpoint) {
  return endpoint.live && !endpoint.live->forwards_to.empty() && !endpoint.pid &&
         endpoint.process.empty() && endpoint.unit.empty();
}

bool is_first_process(const Endpoint& endpoint) {
  return endpoint.pid == 1 && std::find(kFirstPrograms.begin(), kFirstPrograms.end(),
                                        endpoint.process.str()) != kFirstPrograms.end();
}

bool is_known_program(std::string_view process, const SystemFacts& system) {
  const std::string_view program = program_of(process, system.os);
  if (program.empty() ||
      std::find(kInterpreters.begin(), kInterpreters.end(), program) != kInterpreters.end()) {
    return false;
  }
  const bool linux = system.os == Os::linux;
  return std::any_of(
      system.containers.begin(), system.containers.end(), [&](const Container& container) {
        return linux ? names(program, container.image) : is_image(program, container.image);
      });
}

std::string_view advice_for_program(std::string_view process, Os os) {
  if (os != Os::linux) return {};
  const std::string_view program = program_of(process, os);
  const auto* found = std::find_if(kAdvice.begin(), kAdvice.end(), [program](const Advice& one) {
    return names(program, one.program);
  });
  return found == kAdvice.end() ? std::string_view() : found->text;
}

}  // namespace deadlight
