#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "execute/act.h"
#include "execute/fuse.h"

namespace deadlight::execute::test {

/// All that a made-up host is at one moment.
struct HostState {
  std::map<std::pair<Thing, std::string>, State> things;  ///< what is absent is not in it
  std::map<std::string, std::string> loaded;     ///< unit files as the manager read them last
  std::map<std::string, std::string> runs_with;  ///< of each active unit: what it read at its start
  friend bool operator==(const HostState&, const HostState&) = default;
};

/// What differs, for a test's message.
std::string difference(const HostState& a, const HostState& b);

/// A host in memory with a service manager that behaves as systemd does where that matters: it sees
/// unit files when it is reloaded, a unit sees its configuration when it starts, a masked unit does
/// not start, a socket does not start while its service runs, dependents stop with a unit.
class FakeHost : public ActHost {
 public:
  explicit FakeHost(Fuse& fuse) : fuse_(fuse) {}

  HostState now;
  std::map<std::string, std::vector<std::string>> stops_too;  ///< unit: its dependents
  std::set<std::string> refuses;                              ///< targets that cannot be set
  std::set<std::string> unreadable;                           ///< targets whose state fails
  bool manager_gone = false;                                  ///< D-Bus does not answer
  std::function<bool()> fails;                                ///< asked at each call
  std::function<void(Thing, const std::string&)> before_set;
  int sets = 0;
  int settles = 0;

  void put(Thing thing, const std::string& target, State state);
  void run(const std::string& unit);  ///< lets it run, without any of the rules
  void reload();

  Result<State> state(Thing thing, const std::string& target) override;
  Result<> set(Thing thing, const std::string& target, const State& to) override;
  Result<> settle(const Settle& settle) override;

 private:
  State find(Thing thing, const std::string& target) const;
  Result<> set_file(const std::string& path, const State& to);
  Result<> set_unit(const std::string& unit, const State& to);
  std::string configuration(const std::string& unit) const;

  Fuse& fuse_;
};

State file_state(std::string content);
State link_state(std::string target);
State folder_state();
State value_state(std::string value);
State active();
State inactive();

}  // namespace deadlight::execute::test
