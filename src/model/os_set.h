#pragma once

#include <bit>
#include <cstdint>

#include "model/os.h"

namespace deadlight {

/// A set of systems, one bit for each.
class OsSet {
 public:
  constexpr OsSet() = default;
  static constexpr OsSet all() { return range(Os::winnt4, Os::linux); }
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
  /// The systems that a fact with this range holds for.
  static OsSet of(OsRange facts) {
    OsSet set;
    for (const Os os : all_os()) {
      if (facts.contains(os)) set.bits_ |= of(os).bits_;
    }
    return set;
  }

  constexpr bool has(Os os) const { return (bits_ >> static_cast<int>(os) & 1U) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr int size() const { return std::popcount(bits_); }
  friend constexpr OsSet operator&(OsSet a, OsSet b) {
    OsSet set;
    set.bits_ = a.bits_ & b.bits_;
    return set;
  }
  friend constexpr bool operator==(OsSet, OsSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// Windows by what it is sold for. NT 4.0 and 2000 are in both: there one name stands for the
/// workstation and for the server.
inline constexpr OsSet kServerSystems = OsSet::of(
    Os::winnt4, Os::win2000, Os::win2003, Os::server2008, Os::server2008r2, Os::server2012,
    Os::server2012r2, Os::server2016, Os::server2019, Os::server2022, Os::server2025);
inline constexpr OsSet kClientSystems = OsSet::of(Os::winnt4, Os::win2000, Os::winxp, Os::vista,
                                                  Os::win7, Os::win8, Os::win10, Os::win11);

}  // namespace deadlight
