#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "truth/builder.h"

namespace deadlight::truth {
namespace {

using knowledge::Bind;
using knowledge::OpensFact;

/// A Linux host: units of the knowledge base, units of nobody, programs of users.
class LinuxMaker {
 public:
  explicit LinuxMaker(std::uint64_t seed) : builder_(Os::linux, seed), dice_(builder_.dice()) {}

  TrueHost make() {
    builder_.start_as(1, "systemd", "/usr/lib/systemd");
    const std::uint32_t rarity = dice_.one_in(3) ? 20 : 60;
    for (const BookRow& row : book_of(Os::linux).rows) {
      if (dice_.one_in(row.opens->by_default ? 2 : rarity)) open_row(*row.opens);
    }
    open_others();
    add_programs(builder_);
    add_connections(builder_);
    return builder_.finish();
  }

 private:
  std::uint32_t pid_of(std::string_view unit) {
    const auto known = pids_.find(unit);
    if (known != pids_.end()) return known->second;
    const knowledge::ServiceFact* fact = knowledge::builtin().service(unit);
    std::string image(fact != nullptr ? knowledge::builtin().image_of(*fact, Os::linux)
                                      : std::string_view());
    if (image.empty()) image = unit.substr(0, unit.find('.'));
    const bool socket = unit.ends_with(".socket");
    const std::uint32_t pid = socket ? 1 : builder_.start(image, "/usr/sbin");
    TrueService& service = builder_.service(unit, fact != nullptr ? fact->title : unit);
    service.running = true;
    service.pid = socket ? 0 : pid;
    builder_.process(pid).services.emplace_back(unit);
    pids_[std::string(unit)] = pid;
    return pid;
  }

  void open_row(const OpensFact& opens) {
    TrueSocket socket;
    socket.protocol = opens.protocol;
    socket.by_book = true;
    socket.port =
        opens.dynamic() ? builder_.dynamic_port() : dice_.port(opens.port_first, opens.port_last);
    socket.pid = pid_of(opens.holder);
    socket.holders = {std::string(opens.holder)};
    if (opens.bind == Bind::loopback) {
      socket.local = "127.0.0.1";
      builder_.open(socket);
    } else if (opens.bind == Bind::any) {
      builder_.open_any(socket);
    } else {
      socket.local = builder_.host().adapters.front();
      builder_.open(socket);
    }
  }

  void open_others() {
    constexpr std::string_view kUnits[] = {"node-app.service", "ledger@7.service",
                                           "gitea-x.service"};
    const std::uint32_t count = dice_.below(3);
    for (std::uint32_t i = 0; i < count; ++i) {
      TrueSocket socket;
      const std::string_view unit = dice_.pick(kUnits);
      socket.pid = pid_of(unit);
      socket.holders = {std::string(unit)};
      socket.port = dice_.one_in(2) ? std::uint16_t{3000} : dice_.port(1024, 65535);
      builder_.open_any(socket);
    }
  }

  Builder builder_;
  Dice& dice_;
  std::map<std::string, std::uint32_t, ILess> pids_;
};

}  // namespace

TrueHost make_linux(std::uint64_t seed) { return LinuxMaker(seed).make(); }

}  // namespace deadlight::truth
