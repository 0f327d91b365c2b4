#include "host/linux/holders.h"

#include <algorithm>
#include <bit>

namespace deadlight::linux_host {
namespace {

template <class T, class Less, class Same>
void sort_once(std::vector<T>& all, Less less, Same same) {
  if (!std::is_sorted(all.begin(), all.end(), less)) std::sort(all.begin(), all.end(), less);
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
}

}  // namespace

const HolderProcess* Holders::process(std::uint32_t pid) const {
  const auto at = std::lower_bound(
      processes.begin(), processes.end(), pid,
      [](const HolderProcess& one, std::uint32_t wanted) { return one.pid < wanted; });
  return at != processes.end() && at->pid == pid ? &*at : nullptr;
}

InodeTable::InodeTable(const std::vector<WantedSocket>& wanted)
    : slots_(std::bit_ceil(2 * wanted.size() + 1)), mask_(slots_.size() - 1) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::uint32_t inode = wanted[i].inode;
    if (inode == 0) continue;
    std::size_t at = place(inode);
    while (slots_[at].inode != 0 && slots_[at].inode != inode) at = (at + 1) & mask_;
    if (slots_[at].inode == 0) slots_[at] = {inode, static_cast<std::uint32_t>(i)};
  }
}

void finish(Holders& holders) {
  sort_once(holders.holdings, std::less<>(), std::equal_to<>());
  sort_once(
      holders.processes, [](const auto& a, const auto& b) { return a.pid < b.pid; },
      [](const auto& a, const auto& b) { return a.pid == b.pid; });
}

}  // namespace deadlight::linux_host
