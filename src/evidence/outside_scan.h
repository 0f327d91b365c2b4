#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// A port as a scanner prints it, before it is known to be one.
struct ScannedPort {
  std::string_view port;
  std::string_view protocol;
  std::string_view state;    ///< "open", "open|filtered"
  std::string_view service;  ///< "ssh?"
};

/// Facts of a scan from outside. A scan may be of many hosts, a snapshot is of one: the first that
/// has ports counts, each other one is named once.
class OutsideScan {
 public:
  OutsideScan(Reading& reading, std::string_view kind) : reading_(&reading), kind_(kind) {}

  Reading& reading() { return *reading_; }
  /// What follows is of this host. `name` may be empty.
  void begin_host(std::size_t line, std::string_view address, std::string_view name);
  /// Adds a fact and marks the line, or says there why not.
  void add(std::size_t line, const ScannedPort& port);
  /// What the scanner says of ports that it does not list: "993 closed tcp ports (reset)". A host
  /// of which nothing else is said is not chosen by that.
  void not_listed(std::size_t line, std::string_view ports);
  void heading(std::size_t line);
  /// To be called at the end.
  void finish();

 private:
  struct Target {
    std::string address;
    std::string name;
    std::vector<std::string> notes;  ///< to be told if it is the one
    std::size_t line = 0;
    bool refused = false;  ///< another host, and said so
  };
  bool is_the_host();
  void choose(const Target& target);
  void tell_notes(Target& target);

  Reading* reading_;  ///< not owned
  std::string_view kind_;
  Target chosen_;
  bool has_chosen_ = false;
  Target current_;
  Target silent_;  ///< the first host that has no ports
};

}  // namespace deadlight::evidence
