#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace deadlight::linux_host {

/// Bytes as the kernel sends them, put together by hand.
class DiagBytes {
 public:
  template <class T>
  DiagBytes& add(const T& value) {
    const auto* start = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), start, start + sizeof value);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    return *this;
  }
  template <class T>
  DiagBytes& attribute(int type, const T& value) {
    nlattr head{};
    head.nla_len = static_cast<__u16>(NLA_HDRLEN + sizeof value);
    head.nla_type = static_cast<__u16>(type);
    return add(head).add(value);
  }
  /// The payload so far with its header before it.
  std::vector<std::byte> message(int type, std::uint32_t sequence, int flags = NLM_F_MULTI) const {
    nlmsghdr head{};
    head.nlmsg_len = static_cast<__u32>(sizeof head + bytes_.size());
    head.nlmsg_type = static_cast<__u16>(type);
    head.nlmsg_flags = static_cast<__u16>(flags);
    head.nlmsg_seq = sequence;
    DiagBytes whole;
    whole.add(head);
    whole.bytes_.insert(whole.bytes_.end(), bytes_.begin(), bytes_.end());
    return whole.bytes_;
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace deadlight::linux_host
