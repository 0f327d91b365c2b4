#pragma once

#include <map>
#include <string>
#include <vector>

#include "execute/linux/host_view.h"
#include "knowledge/closer_facts.h"

namespace deadlight::execute {

/// Changes of daemons' configurations, put together so that each file is set once.
class ConfigActs {
 public:
  explicit ConfigActs(const HostView& view) : view_(view) {}

  /// How `change` is carried out here: a `dropin`, or a `config` with lines to replace. Said in
  /// `translation` if this host has neither file nor units for it.
  /// Errors: `refused`, with what stands against it and where; else as of `view`.
  Result<> add(const knowledge::ChangeFact& change, Translation& translation);

  /// A kernel setting, at run time and for every start of the host.
  /// Errors: as add(); `refused` if a file that is read later sets it too.
  Result<> add_sysctl(const std::string& name, const std::string& value, Translation& translation);

  /// Appends the acts of everything added.
  void finish(StepActs& step) const;

 private:
  using Match = Root::Match;

  Result<bool> add_here(const knowledge::ChangeFact& change, const Match& main,
                        Translation& translation);
  Result<std::vector<std::string>> units_of(const knowledge::EditFact& edit, const Match& main);
  Result<> add_dropin(const knowledge::ChangeFact& change, const Match& main);
  Result<std::size_t> add_lines(const knowledge::ChangeFact& change, const Match& main);
  Result<> check_undecided(const knowledge::EditFact& edit, const std::string& path);
  Result<std::vector<std::string>> files_of(knowledge::List<knowledge::Text> patterns,
                                            const Match& main) const;
  Result<State*> at(const std::string& path);
  Result<> put(const std::string& path, std::string content);

  const HostView& view_;
  std::map<std::string, State> before_;
  std::map<std::string, State> wanted_;
  std::vector<std::string> order_;  ///< of the paths in `wanted_`
};

}  // namespace deadlight::execute
