#include "execute/linux/table_thing.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <thread>

#include "base/ascii.h"
#include "base/text.h"
#include "host/calls/nft.h"

namespace deadlight::execute {
namespace {

using linux_host::Nft;

constexpr std::size_t kRulesBytesMax = 4 * 1024 * 1024;
constexpr std::string_view kFamilies[] = {"ip", "ip6", "inet", "arp", "bridge", "netdev"};

bool is_name_byte(char c) { return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.'; }

Result<> check_name(std::string_view name) {
  const std::vector<std::string_view> parts = split(name, ' ');
  const bool sound =
      parts.size() == 2 && !parts[1].empty() &&
      std::find(std::begin(kFamilies), std::end(kFamilies), parts[0]) != std::end(kFamilies) &&
      std::all_of(parts[1].begin(), parts[1].end(), is_name_byte);
  if (sound) return {};
  return fail(Errc::malformed,
              fmt::format("'{}' is no table; write family and name: inet deadlight", name));
}

// Text that goes on behind the table's last brace could change other tables.
bool is_one_table(std::string_view rules, std::string_view name) {
  const std::string head = fmt::format("table {} {{", name);
  rules = trim(rules);
  if (!rules.starts_with(head)) return false;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const char c = rules[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return i + 1 == rules.size();
  }
  return false;
}

Result<bool> is_there(Nft& nft, const std::string& name) {
  const std::string tables = DEADLIGHT_TRY(nft.run("list tables"));
  for (const std::string_view line : split(tables, '\n')) {
    if (line == "table " + name) return true;
  }
  return false;
}

}  // namespace

Result<State> table_state(const std::string& name) {
  DEADLIGHT_TRY(check_name(name));
  Nft nft;
  State state;
  if (!DEADLIGHT_TRY(is_there(nft, name))) return state;
  state.form = Form::value;
  state.content = DEADLIGHT_TRY(nft.run("list table " + name));
  if (state.content.size() > kRulesBytesMax) {
    return fail(Errc::limit, fmt::format("table {}: has more than 4 MiB of rules", name));
  }
  return state;
}

Result<> set_table(const std::string& name, const State& to) {
  DEADLIGHT_TRY(check_name(name));
  if (to.form != Form::absent && !is_one_table(to.content, name)) {
    return fail(Errc::malformed,
                fmt::format("table {}: the rules are not one 'table {} {{ … }}'", name, name));
  }
  Nft nft;
  if (to.form == Form::absent && !DEADLIGHT_TRY(is_there(nft, name))) return {};
  // Adding what may be there already makes deleting it right in either case.
  const std::string commands = fmt::format("add table {0}\ndelete table {0}\n{1}\n", name,
                                           to.form == Form::absent ? "" : to.content);
  DEADLIGHT_TRY(nft.run(commands));
  return {};
}

Result<std::string> as_listed(const std::string& name, const std::string& rules) {
  Result<std::string> listed = fail(Errc::io, "nftables: the rules were not tried");
  const auto set_and_list = [&]() -> Result<std::string> {
    if (unshare(CLONE_NEWNET) != 0) {
      return fail(errno == EPERM ? Errc::denied : Errc::io,
                  fmt::format("nftables: no network namespace to try the rules in: {}; run as root",
                              std::strerror(errno)));
    }
    DEADLIGHT_TRY(set_table(name, {Form::value, rules, 0, 0, 0}));
    return DEADLIGHT_TRY(table_state(name)).content;
  };
  // A namespace belongs to a thread: that one ends with it.
  std::thread([&] { listed = set_and_list(); }).join();
  return listed;
}

}  // namespace deadlight::execute
