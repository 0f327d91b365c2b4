#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "knowledge/knowledge.h"
#include "truth/truth.h"

namespace deadlight::truth {

/// One row of the knowledge base that a system may open.
struct BookRow {
  const knowledge::FeatureFact* feature = nullptr;
  const knowledge::OpensFact* opens = nullptr;
};

/// What the knowledge base says of one system, collected once for the whole run.
struct Book {
  std::vector<BookRow> rows;
  std::vector<const knowledge::ServiceFact*> services;
};
const Book& book_of(Os os);

/// A host while it is made. Two sockets never take the same address and port, unless both share it.
class Builder {
 public:
  Builder(Os os, std::uint64_t seed);

  TrueHost& host() { return host_; }
  const TrueHost& host() const { return host_; }
  Dice& dice() { return dice_; }
  bool modern() const { return is_modern_windows(host_.os); }

  /// A process with the next PID of this boot; `path` holds the image's folder.
  std::uint32_t start(std::string_view image, std::string_view path);
  std::uint32_t start_as(std::uint32_t pid, std::string_view image, std::string_view path);
  TrueProcess& process(std::uint32_t pid);
  bool is_running(std::string_view service) const;
  /// The service of that name, made if it is not there.
  TrueService& service(std::string_view name, std::string_view title);

  /// False if the place is taken; then nothing is added.
  bool open(TrueSocket socket);
  /// On the wildcard address; on a system with IPv6 mostly on that of IPv6 as well.
  bool open_any(TrueSocket socket);
  bool is_free(Protocol protocol, std::string_view local, std::uint16_t port) const;
  /// The next port that this system gives away by itself.
  std::uint16_t dynamic_port();
  /// What is not the system's starts after it: up to Server 2003, whose ports are given away in
  /// order, the first ones are taken by then. Nothing else tells a library that somebody put into a
  /// service host from a service that is there by default.
  void leave_boot_ports();

  std::string random_remote();
  /// Adds `socket` though others hold the same place: multicast receivers share it.
  void share(TrueSocket socket) { host_.sockets.push_back(std::move(socket)); }
  /// Puts everything into the order in which the tools print it.
  TrueHost finish();

 private:
  std::uint32_t next_pid();

  TrueHost host_;
  Dice dice_;
  std::set<std::tuple<Protocol, std::string, std::uint16_t>> taken_;
  std::uint32_t pid_ = 0;
  std::uint16_t port_ = 0;
};

/// Programs, connections of programs and services, and what else is on every kind of host.
void add_programs(Builder& builder);
void add_connections(Builder& builder);

TrueHost make_windows(Os os, std::uint64_t seed);
TrueHost make_linux(std::uint64_t seed);

}  // namespace deadlight::truth
