#include <string>

#include "base/assert.h"
#include "harness.h"
#include "host/linux/nft_reach.h"
#include "host/linux/nft_translation.h"
#include "host/linux/packages.h"

namespace deadlight::fuzz {

using namespace linux_host;

void nft_ruleset(std::string_view bytes) {
  // JSON, and behind a zero byte the text of the same rules.
  const auto zero = bytes.find('\0');
  auto rules = parse_ruleset(bytes.substr(0, zero));
  if (!rules) {
    DEADLIGHT_ASSERT(!rules.error().message.empty());
    DEADLIGHT_ASSERT(rules.error().message.find('\n') == std::string::npos);
    return;
  }
  if (zero != bytes.npos) add_translations(bytes.substr(zero + 1), *rules);
  for (const char* address : {"0.0.0.0", "::", "192.0.2.7"}) {
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
      for (const bool forwarded : {false, true}) {
        const Caller caller{protocol, 22, *parse_ip(address), "", forwarded};
        const Passage result = passage(*rules, caller);
        DEADLIGHT_ASSERT(result.filter != Filter::unread);
        DEADLIGHT_ASSERT(result.filter == Filter::open || !result.because.empty());
      }
    }
  }
  for (const Published& port : published_ports(*rules).ports) {
    DEADLIGHT_ASSERT(!port.to_address.empty() && !port.rule.empty());
  }
}

void dpkg_files(std::string_view bytes) {
  const std::set<std::string, std::less<>> wanted = {"/usr/bin/env", "web", "web:amd64"};
  for (const std::string_view path : listed_paths(bytes, wanted)) {
    DEADLIGHT_ASSERT(wanted.contains(path));
  }
  for (const Diversion& diversion : parse_diversions(bytes)) {
    DEADLIGHT_ASSERT(diversion.from.starts_with('/') && diversion.to.starts_with('/'));
    DEADLIGHT_ASSERT(!diversion.package.empty());
  }
  for (const auto& [package, version] : parse_versions(bytes, wanted)) {
    DEADLIGHT_ASSERT(wanted.contains(package) && version.find('\n') == std::string::npos);
  }
}

}  // namespace deadlight::fuzz
