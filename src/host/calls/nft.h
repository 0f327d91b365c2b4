#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct nft_ctx;

namespace deadlight::linux_host {

/// libnftables in the network namespace of the thread that makes it.
class Nft {
 public:
  enum class Form { text, json };

  explicit Nft(Form form = Form::text);

  /// All commands are one transaction. Returns what they print.
  /// Errors: `denied`, `refused`, `unsupported`.
  Result<std::string> run(const std::string& commands);

 private:
  struct FreeContext {
    void operator()(nft_ctx* context) const;
  };
  std::unique_ptr<nft_ctx, FreeContext> context_;
};

}  // namespace deadlight::linux_host
