#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct nft_ctx;

namespace deadlight::linux_host {

/// False if the kernel says that the network namespace of this thread has no table of nftables,
/// which takes a hundredth of the time in which the library starts. True also where it cannot be
/// told.
bool may_have_nft_tables();

/// libnftables in the network namespace of the thread that makes it.
class Nft {
 public:
  enum class Form { text, with_handles, json };

  explicit Nft(Form form = Form::text);

  /// All commands are one transaction. Returns what they print.
  /// Errors: `denied`, `refused`, `unsupported` by this kernel, `not_found` for the library.
  Result<std::string> run(const std::string& commands);

 private:
  struct FreeContext {
    void operator()(nft_ctx* context) const;
  };
  std::unique_ptr<nft_ctx, FreeContext> context_;
};

}  // namespace deadlight::linux_host
