#pragma once

#include <string_view>

#include "host/linux/nft_rules.h"

namespace deadlight::linux_host {

/// True if the JSON of a rule leaves out what a part of it says: iptables-nft's own matches and
/// targets, of which it has the name alone (libnftables-json(5), "xt").
bool has_rules_of_iptables(const Ruleset& rules);

/// Fills in what nft's text says of them, which is in nft's own words where iptables' libraries are
/// installed: `text` is what `nft -a list ruleset` prints. Rules whose text is not understood stay
/// as they are.
void add_translations(std::string_view text, Ruleset& rules);

}  // namespace deadlight::linux_host
