#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/dependencies.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {

/// What is wrong with the references of one role. `role` need not be among those of `kb`.
std::vector<std::string> check_role(const RoleFact& role, const Knowledge& kb);

/// Collects problems and holds what the checks of several kinds of row share.
class Checker {
 public:
  /// A row, as messages name it: "closer 'smb_device_disable'".
  struct Row {
    std::string_view kind;
    std::string_view id;
  };

  explicit Checker(const Knowledge& kb) : kb_(kb) {}

  void problem(Row row, std::string_view key, std::string_view message);
  void filled(Row row, std::string_view key, Text text);
  void os_given(Row row, OsRange os);
  void source_refs(Row row, List<Text> sources);
  void capability_refs(Row row, std::string_view key, List<Text> capabilities);
  /// The service of that id; a problem and nullptr if there is none.
  const ServiceFact* service_ref(Row row, std::string_view key, Text id);

  const Knowledge& kb() const { return kb_; }
  std::vector<std::string> take() { return std::move(problems_); }

 private:
  const Knowledge& kb_;
  std::vector<std::string> problems_;
};

void check_services(Checker& checker);
void check_groups(Checker& checker);
void check_features(Checker& checker);
void check_closers(Checker& checker);

}  // namespace deadlight::knowledge
