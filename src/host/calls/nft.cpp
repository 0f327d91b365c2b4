#include "host/calls/nft.h"

#include <fmt/format.h>
#include <nftables/libnftables.h>
#include <unistd.h>

#include <string_view>

#include "base/text.h"

namespace deadlight::linux_host {

void Nft::FreeContext::operator()(nft_ctx* context) const { nft_ctx_free(context); }

Nft::Nft(Form form) : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  if (!context_) return;
  nft_ctx_buffer_output(context_.get());
  nft_ctx_buffer_error(context_.get());
  unsigned flags = NFT_CTX_OUTPUT_STATELESS;
  if (form == Form::json) flags |= NFT_CTX_OUTPUT_JSON;
  nft_ctx_output_set_flags(context_.get(), flags);
}

Result<std::string> Nft::run(const std::string& commands) {
  if (!context_) return fail(Errc::unsupported, "nftables: the library does not start");
  if (nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0) {
    return std::string(nft_ctx_get_output_buffer(context_.get()));
  }
  const std::string_view said = nft_ctx_get_error_buffer(context_.get());
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
