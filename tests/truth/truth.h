#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/endpoint.h"
#include "model/os.h"
#include "model/snapshot.h"
#include "truth/dice.h"

/// Hosts that never existed, of which everything is known.
namespace deadlight::truth {

struct Language;

struct TrueProcess {
  std::uint32_t pid = 0;
  std::string image;
  std::string path;          ///< empty for the kernel
  std::string command_line;  ///< "C:\\Windows\\System32\\svchost.exe -k netsvcs"
  std::vector<std::string> services;
  std::vector<std::string> parts;  ///< of the system, in no list of services: "LSA"
};

struct TrueService {
  std::string name;
  std::string title;
  bool running = false;
  bool driver = false;
  StartType start = StartType::automatic;
  std::uint32_t pid = 0;  ///< 0: it does not run, or is a driver
  std::string command;
};

struct TrueSocket {
  Protocol protocol = Protocol::tcp;
  std::string local;  ///< "0.0.0.0", "fe80::1%12", without brackets
  std::uint16_t port = 0;
  std::string remote;  ///< empty for listeners and unconnected UDP
  std::uint16_t remote_port = 0;
  State state = State::listening;
  std::uint32_t pid = 0;             ///< 0: nobody's any more (TIME_WAIT)
  std::vector<std::string> holders;  ///< services (or units) that hold it; empty: a program
  bool by_book = false;              ///< as the knowledge base says; else it cannot be looked up
  bool phantom = false;              ///< shown as listening, but only an outgoing connection's port
  bool squats_system = false;        ///< on a port of a part of the system that always runs
};

struct TrueHost {
  Os os = Os::unknown;
  std::string name;
  const Language* language = nullptr;  ///< never null once made; lives forever
  std::vector<std::string> adapters;   ///< IPv4 addresses
  std::vector<std::string> adapters_v6;
  std::vector<TrueProcess> processes;  ///< by PID
  std::vector<TrueService> services;
  std::vector<TrueSocket> sockets;  ///< in the order in which netstat prints them

  const TrueProcess* process(std::uint32_t pid) const;
  const TrueService* service(std::string_view name) const;
  bool has_v6() const { return !adapters_v6.empty(); }
};

/// The same host for the same `seed`.
TrueHost make_host(Os os, std::uint64_t seed);

}  // namespace deadlight::truth
