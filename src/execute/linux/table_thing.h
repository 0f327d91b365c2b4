#pragma once

#include <string>

#include "execute/act.h"

namespace deadlight::execute {

/// The rules of an nftables table of this network namespace as `nft --stateless list table` prints
/// them, or `absent`. `name` has the family: "inet deadlight".
/// Errors: `malformed` for another name, `denied`; `unsupported` without nftables in the kernel.
Result<State> table_state(const std::string& name);

/// Puts `to` in the place of the whole table in one transaction: no packet sees a part of it.
/// Errors: as table_state(); `malformed` for text that is not one table of that name; `refused`
/// with what nftables says.
Result<> set_table(const std::string& name, const State& to);

/// `rules` as table_state() would give them once set: tried in a network namespace that lives only
/// for that. Errors: as set_table(); `denied` without the right to make one.
Result<std::string> as_listed(const std::string& name, const std::string& rules);

}  // namespace deadlight::execute
