#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/dependencies.h"
#include "knowledge/knowledge.h"
#include "knowledge/places.h"

namespace deadlight::knowledge {

/// What is wrong with the references of one role. `role` need not be among those of `kb`.
std::vector<std::string> check_role(const RoleFact& role, const Knowledge& kb,
                                    const Places& places);

/// As check(), with the file and line of each problem in a row that `places` has.
std::vector<std::string> check_at(const Knowledge& kb, const Places& places);

/// Collects problems and holds what the checks of several kinds of row share.
class Checker {
 public:
  /// A row, as messages name it: "closer 'smb_device_disable'".
  struct Row {
    std::string_view kind;
    std::string_view id;
    std::size_t item = kNoItem;  ///< which table of a list the problem is in
  };
  static constexpr std::size_t kNoItem = ~std::size_t{0};

  /// `places` may be empty; both must outlive the checker.
  Checker(const Knowledge& kb, const Places& places) : kb_(kb), places_(places) {}

  void problem(Row row, std::string_view key, std::string_view message);
  void filled(Row row, std::string_view key, Text text);
  void os_given(Row row, OsRange os);
  void source_refs(Row row, List<Text> sources);
  void capability_refs(Row row, std::string_view key, List<Text> capabilities);
  /// The service of that id; a problem and nullptr if there is none.
  const ServiceFact* service_ref(Row row, std::string_view key, Text id);
  /// As service_ref(), for what is held on `os`: the service must be there on each of its systems.
  void service_on(Row row, std::string_view key, Text id, OsRange os);

  const Knowledge& kb() const { return kb_; }
  std::vector<std::string> take() { return std::move(problems_); }

 private:
  std::string place_of(const Row& row, std::string_view key) const;

  const Knowledge& kb_;
  const Places& places_;
  std::vector<std::string> problems_;
};

void check_services(Checker& checker);
void check_groups(Checker& checker);
void check_features(Checker& checker);
void check_closers(Checker& checker);
/// How a change of a daemon's configuration is carried out; `row` is its closer.
void check_edit(Checker& checker, Checker::Row row, const ChangeFact& change);
void check_network(Checker& checker);
void check_os_signs(Checker& checker);

/// The systems of `os` for which `wrong` is true: "win2000 winxp".
template <class Wrong>
std::string systems_where(OsRange os, Wrong wrong) {
  std::string list;
  for (const Os one : all_os()) {
    if (!os.contains(one) || !wrong(one)) continue;
    list.append(list.empty() ? "" : " ").append(os_id(one));
  }
  return list;
}

}  // namespace deadlight::knowledge
