#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// What a property says that PowerShell prints, whatever name an administrator gave its column.
enum class PsField : std::uint8_t {
  none,  ///< of no interest here
  local_address,
  local_port,
  remote_address,
  remote_port,
  protocol,
  state,
  status,
  owner_id,  ///< OwningProcess, ProcessId: no other number is called so
  id,        ///< Id: of a process only in Get-Process' output
  process_name,
  name,
  path,
  command_line,
  service_names,
  display_name,
  start,
  start_command,
  depends_on,
  system_name,    ///< of the host, as the record itself says
  computer_name,  ///< of the host, as the session that asked it was given it
  class_name,
  tcp_mark,      ///< only TCP connections have it
  process_mark,  ///< only processes have it
  service_mark,  ///< only services have it
  foreign,       ///< none of the records that are read here has it: a firewall rule's, an adapter's
};
constexpr std::size_t kPsFields = static_cast<std::size_t>(PsField::foreign) + 1;

/// The field of a column or key; no difference of case, blanks, '_' and '-'. A name that was cut
/// ("OwningPro...") counts if it can be no other.
PsField ps_field(std::string_view column);

/// One record: cells by field. The text that the cells view must outlive it.
struct PsRecord {
  std::size_t line = 0;
  std::array<std::string_view, kPsFields> cells{};
  std::bitset<kPsFields> has;

  std::string_view operator[](PsField field) const {
    return cells[static_cast<std::size_t>(field)];
  }
  /// Of two cells for one field, the first that is not empty counts.
  void set(PsField field, std::string_view cell);
};

enum class PsKind : std::uint8_t { none, endpoint, process, service };

/// What stands around a record says: the command line above it, a title, CSV's #TYPE.
struct PsHint {
  bool tcp = false;
  bool udp = false;
  bool process = false;
  bool service = false;
  bool listening = false;  ///< only listeners were asked for

  void read(std::string_view text);
};

/// True if an ellipsis shows that PowerShell cut the cell.
bool is_cut(std::string_view cell);
/// A text that PowerShell wrapped between `first` and `next`. Lines break at blanks, but a word
/// that is longer than a line breaks anywhere; if this may be one, the result ends with an
/// ellipsis.
std::string join_wrapped(std::string_view first, std::string_view next);
std::optional<State> ps_tcp_state(std::string_view cell);
std::optional<ServiceState> ps_service_state(std::string_view cell);
std::optional<StartType> ps_start_type(std::string_view cell);

/// Turns records into facts.
class PsFacts {
 public:
  explicit PsFacts(Reading& reading) : reading_(&reading) {}

  Reading& reading() { return *reading_; }
  /// What a record with these fields is.
  static PsKind kind(const PsRecord& record, const PsHint& hint);
  /// Adds the record's facts, or says on its line why it cannot. Marks no line as row.
  /// False if the record is refused.
  bool add(PsKind kind, const PsRecord& record, const PsHint& hint);
  /// What the lines above `line` say of it.
  PsHint hint_above(std::size_t line) const;

 private:
  bool add_endpoint(const PsRecord& record, const PsHint& hint);
  bool add_process(const PsRecord& record);
  bool add_service(const PsRecord& record);
  bool is_of_this_host(const PsRecord& record);
  void add_owner(const PsRecord& record, Endpoint& endpoint);
  Process process_of(const PsRecord& record, std::string_view name);
  void add_process_once(Process&& process);
  std::optional<std::uint32_t> process_id(const PsRecord& record, std::string_view cell);
  std::string_view whole(const PsRecord& record, PsField field, std::string_view what);
  bool refuse(const PsRecord& record, std::string reason);
  void complain(const PsRecord& record, std::string reason);

  Reading* reading_;  ///< not owned
  std::string system_name_;
  std::string computer_name_;
  std::map<std::uint32_t, std::string> processes_;  ///< what was said of each last, to say it once
};

}  // namespace deadlight::evidence
