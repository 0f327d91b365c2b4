#include "support/hosts.h"

#include <cstdio>
#include <cstdlib>

#include "evidence/evidence.h"

namespace deadlight::test {
namespace {

[[noreturn]] void stop(std::string_view why) {
  std::fprintf(stderr, "test set-up: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

template <class T>
T take(Result<T> result) {
  if (!result) stop(result.error().message);
  return std::move(*result);
}

}  // namespace

Snapshot read_host(const std::vector<std::string>& files, Os os) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& file : files) {
    paths.push_back(std::filesystem::path(DEADLIGHT_TEST_DATA) / file);
  }
  return take(evidence::read(take(evidence::load(paths)), os, knowledge::builtin().signs()));
}

Snapshot read_text(std::string_view text, Os os) {
  const std::vector<evidence::Input> inputs = {{"host.txt", std::string(text)}};
  return take(evidence::read(inputs, os, knowledge::builtin().signs()));
}

Exposure expose_as(const Snapshot& snapshot, std::string_view role,
                   const std::vector<std::string>& keep) {
  Role resolved = take(resolve_role(role, knowledge::builtin()));
  for (const std::string& port : keep) resolved.keep.push_back(take(parse_keep(port)));
  return expose(snapshot, resolved, knowledge::builtin());
}

Snapshot win2000_listing_only() {
  return read_host({"walkthroughs/win2000/00-default.netstat.txt"}, Os::win2000);
}

Snapshot win2000_with_fport() {
  return read_host(
      {"walkthroughs/win2000/00-default.netstat.txt", "walkthroughs/win2000/00-default.fport.txt"},
      Os::win2000);
}

Snapshot winxp() { return read_host({"walkthroughs/winxp/00-default.netstat.txt"}, Os::winxp); }

const Exposed& socket_of(const Exposure& exposure, std::string_view text) {
  for (const Exposed& exposed : exposure.endpoints) {
    if (endpoint_text(exposed.endpoint) == text) return exposed;
  }
  stop("no socket " + std::string(text));
}

}  // namespace deadlight::test
