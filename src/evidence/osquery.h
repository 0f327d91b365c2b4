#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "evidence/json_objects.h"
#include "evidence/reading.h"

namespace deadlight::evidence {

constexpr std::string_view kOsqueryKind = "osquery";

/// Turns rows of osquery into facts: osqueryi's, and those of the daemon's results log, which names
/// what was added and what was removed later.
class OsqueryRows {
 public:
  explicit OsqueryRows(Reading& reading) : reading_(&reading) {}

  /// False if the object is no row that is read here.
  bool take(const JsonObject& object);
  /// Adds what the log says is still there.
  void finish();

 private:
  bool take_log(const JsonObject& object);
  void log_rows(const JsonObject& rows, std::string_view action, const std::string& query);
  bool is_of_this_host(const JsonObject& object);
  void add(const JsonObject& row);
  void add_socket(const JsonObject& row);
  void add_process(const JsonObject& row, std::string_view path);
  void add_service(const JsonObject& row);
  void add_unit(const JsonObject& row);
  std::string read_ports(const JsonObject& row, Endpoint& endpoint) const;

  Reading* reading_;                          ///< not owned
  std::map<std::string, JsonObject> logged_;  ///< by query and content
  std::string host_;
  std::size_t others_ = 0;  ///< results in the log of which nothing is read
};

}  // namespace deadlight::evidence
