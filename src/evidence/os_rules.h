#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/os.h"
#include "model/snapshot.h"

namespace deadlight::evidence {

/// A set of systems, one bit for each.
class OsSet {
 public:
  constexpr OsSet() = default;
  static OsSet all();
  /// Both ends included; `linux` only if `to` is.
  static constexpr OsSet range(Os from, Os to) {
    OsSet set;
    for (int os = static_cast<int>(from); os <= static_cast<int>(to); ++os) set.bits_ |= 1U << os;
    return set;
  }
  template <class... More>
  static constexpr OsSet of(Os first, More... more) {
    OsSet set = range(first, first);
    ((set.bits_ |= range(more, more).bits_), ...);
    return set;
  }

  constexpr bool has(Os os) const { return (bits_ >> static_cast<int>(os) & 1U) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  int size() const;
  friend constexpr OsSet operator&(OsSet a, OsSet b) {
    OsSet set;
    set.bits_ = a.bits_ & b.bits_;
    return set;
  }
  friend constexpr bool operator==(OsSet, OsSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// What one thing in the evidence says about the system.
struct OsClue {
  OsSet possible;
  std::string because;
  /// True where only habit speaks for it: such a clue chooses, but proves nothing.
  bool typical = false;
};

/// Clues in what the tools read: sockets, PIDs, processes, services, settings.
std::vector<OsClue> os_clues_of(const Snapshot& snapshot);

/// The systems that a product's name means: "Microsoft Windows Server 2019 Standard".
OsSet os_of_product(std::string_view name);
/// Those of a version number: "5.1.2600", "10.0.20348.1". Client and server share most numbers.
OsSet os_of_version(std::string_view version);

}  // namespace deadlight::evidence
