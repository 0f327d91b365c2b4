#include "host/calls/nft.h"

#include <fmt/format.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

#include "base/text.h"
#include "base/unique_fd.h"
#include "host/calls/library.h"

namespace deadlight::linux_host {

namespace {

/// What is used of libnftables.
struct Calls {
  Library library{"libnftables.so.1"};
  DEADLIGHT_CALL(nft_ctx_buffer_error);
  DEADLIGHT_CALL(nft_ctx_buffer_output);
  DEADLIGHT_CALL(nft_ctx_free);
  DEADLIGHT_CALL(nft_ctx_get_error_buffer);
  DEADLIGHT_CALL(nft_ctx_get_output_buffer);
  DEADLIGHT_CALL(nft_ctx_new);
  DEADLIGHT_CALL(nft_ctx_output_set_flags);
  DEADLIGHT_CALL(nft_run_cmd_from_buffer);
};

const Calls& calls() {
  static const Calls kCalls;
  return kCalls;
}

}  // namespace

bool may_have_nft_tables() {
  const UniqueFd handle(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  if (!handle) return true;
  const timeval patience{1, 0};
  setsockopt(handle.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct {
    nlmsghdr head{};
    nfgenmsg body{};
  } request;
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_GETTABLE;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.nfgen_family = AF_UNSPEC;
  request.body.version = NFNETLINK_V0;
  if (send(handle.get(), &request, sizeof request, 0) < 0) return true;
  constexpr std::size_t kBytes = 32 * 1024;  // what the kernel fills at most
  std::array<char, kBytes> answer;
  const ssize_t size = recv(handle.get(), answer.data(), answer.size(), 0);
  nlmsghdr first{};
  std::int32_t error = 0;
  if (size < static_cast<ssize_t>(sizeof first + sizeof error)) return true;
  std::memcpy(&first, answer.data(), sizeof first);
  std::memcpy(&error, answer.data() + sizeof first, sizeof error);
  return first.nlmsg_type != NLMSG_DONE || error != 0;
}

void Nft::FreeContext::operator()(nft_ctx* context) const { calls().nft_ctx_free(context); }

Nft::Nft(Form form) {
  if (!calls().library.ready()) return;
  context_.reset(calls().nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context_) return;
  calls().nft_ctx_buffer_output(context_.get());
  calls().nft_ctx_buffer_error(context_.get());
  unsigned flags = NFT_CTX_OUTPUT_STATELESS;
  if (form == Form::json) flags |= NFT_CTX_OUTPUT_JSON;
  if (form == Form::with_handles) flags |= NFT_CTX_OUTPUT_HANDLE;
  calls().nft_ctx_output_set_flags(context_.get(), flags);
}

Result<std::string> Nft::run(const std::string& commands) {
  DEADLIGHT_TRY(calls().library.ready());
  if (!context_) return fail(Errc::io, "nftables: the library does not start");
  if (calls().nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0) {
    return std::string(calls().nft_ctx_get_output_buffer(context_.get()));
  }
  const std::string_view said = calls().nft_ctx_get_error_buffer(context_.get());
  const std::string_view line = trim(said.substr(0, said.find('\n')));
  if (geteuid() != 0) {
    return fail(Errc::denied, fmt::format("nftables: {}; run as root", line));
  }
  // It reads the kernel's tables before any command; where that fails there are none.
  if (said.find("cache initialization failed") != std::string_view::npos) {
    return fail(Errc::unsupported, fmt::format("nftables: {}; this kernel has no nf_tables", line));
  }
  return fail(Errc::refused, fmt::format("nftables: {}", line));
}

}  // namespace deadlight::linux_host
