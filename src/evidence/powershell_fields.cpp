#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/netstat_state.h"
#include "evidence/powershell_facts.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kNameLettersMax = 40;
constexpr std::size_t kCutLettersMin = 5;

struct FieldName {
  std::string_view name;  ///< letters and digits only, lower case
  PsField field;
};

// Sorted by name. The properties' own names, and those that calculated columns are often given.
constexpr FieldName kFieldNames[] = {
    {"action", PsField::foreign},
    {"appliedsetting", PsField::tcp_mark},
    {"binarypathname", PsField::start_command},
    {"canstop", PsField::service_mark},
    {"cimclass", PsField::class_name},
    {"class", PsField::class_name},
    {"cmdline", PsField::command_line},
    {"command", PsField::none},
    {"commandline", PsField::command_line},
    {"computername", PsField::system_name},
    {"cpus", PsField::process_mark},
    {"cpuusage", PsField::foreign},
    {"creationclassname", PsField::class_name},
    {"csname", PsField::system_name},
    {"direction", PsField::foreign},
    {"displayname", PsField::display_name},
    {"dynamictarget", PsField::foreign},
    {"executablepath", PsField::path},
    {"exitcode", PsField::service_mark},
    {"foreignaddress", PsField::remote_address},
    {"foreignport", PsField::remote_port},
    {"handlecount", PsField::process_mark},
    {"handles", PsField::process_mark},
    {"hasmoredata", PsField::foreign},
    {"hostname", PsField::system_name},
    {"id", PsField::id},
    {"ifindex", PsField::foreign},
    {"image", PsField::process_name},
    {"imagename", PsField::process_name},
    {"imagepath", PsField::path},
    {"installstate", PsField::foreign},
    {"linkspeed", PsField::foreign},
    {"localaddress", PsField::local_address},
    {"localip", PsField::local_address},
    {"localipaddress", PsField::local_address},
    {"localport", PsField::local_port},
    {"macaddress", PsField::foreign},
    {"name", PsField::name},
    {"nounname", PsField::class_name},
    {"npmk", PsField::process_mark},
    {"ownerpid", PsField::owner_id},
    {"owningpid", PsField::owner_id},
    {"owningprocess", PsField::owner_id},
    {"owningprocessid", PsField::owner_id},
    {"owningprocessname", PsField::process_name},
    {"parentprocessid", PsField::process_mark},
    {"path", PsField::path},
    {"pathname", PsField::start_command},
    {"pid", PsField::owner_id},
    {"pmk", PsField::process_mark},
    {"pmm", PsField::process_mark},
    {"process", PsField::process_name},
    {"processcommandline", PsField::command_line},
    {"processid", PsField::owner_id},
    {"processname", PsField::process_name},
    {"processpath", PsField::path},
    {"procid", PsField::owner_id},
    {"procname", PsField::process_name},
    {"proto", PsField::protocol},
    {"protocol", PsField::protocol},
    {"pscomputername", PsField::computer_name},
    {"psjobtypename", PsField::foreign},
    {"remoteaddress", PsField::remote_address},
    {"remoteip", PsField::remote_address},
    {"remoteipaddress", PsField::remote_address},
    {"remoteport", PsField::remote_port},
    {"requiredservices", PsField::depends_on},
    {"server", PsField::system_name},
    {"service", PsField::service_names},
    {"servicename", PsField::service_names},
    {"servicenames", PsField::service_names},
    {"services", PsField::service_names},
    {"servicesdependedon", PsField::depends_on},
    {"servicetype", PsField::service_mark},
    {"sessionid", PsField::process_mark},
    {"si", PsField::process_mark},
    {"startmode", PsField::start},
    {"startname", PsField::service_mark},
    {"starttype", PsField::start},
    {"startuptype", PsField::start},
    {"state", PsField::state},
    {"status", PsField::status},
    {"systemname", PsField::system_name},
    {"taskpath", PsField::foreign},
    {"virtualsize", PsField::process_mark},
    {"vmm", PsField::process_mark},
    {"workingsetsize", PsField::process_mark},
    {"wsk", PsField::process_mark},
    {"wsm", PsField::process_mark},
};
static_assert(std::is_sorted(std::begin(kFieldNames), std::end(kFieldNames),
                             [](const FieldName& a, const FieldName& b) {
                               return a.name < b.name;
                             }));

bool begins_before(const FieldName& row, std::string_view name) { return row.name < name; }

/// The one field of all names that begin with `start`.
PsField cut_field(std::string_view start) {
  const auto* row =
      std::lower_bound(std::begin(kFieldNames), std::end(kFieldNames), start, begins_before);
  if (start.size() < kCutLettersMin) return PsField::none;
  PsField field = PsField::none;
  for (; row != std::end(kFieldNames) && row->name.starts_with(start); ++row) {
    // "OwningPro…" is the property that always is there, not a column that somebody made.
    if (field == PsField::owner_id) return field;
    if (field != PsField::none && field != row->field) return PsField::none;
    field = row->field;
  }
  return field;
}

// ROOT\StandardCimv2: MSFT_NetTCPConnection, ValueMap of State.
constexpr std::array<State, 13> kTcpStates = {
    State::closed,       State::closed,      State::listening,  State::syn_sent,
    State::syn_received, State::established, State::fin_wait_1, State::fin_wait_2,
    State::close_wait,   State::closing,     State::last_ack,   State::time_wait,
    State::closed};
constexpr unsigned kBound = 100;

struct TcpStateName {
  std::string_view name;
  State state;
};
constexpr TcpStateName kTcpStateNames[] = {
    {"Listen", State::listening},    {"Established", State::established},
    {"TimeWait", State::time_wait},  {"CloseWait", State::close_wait},
    {"SynSent", State::syn_sent},    {"SynReceived", State::syn_received},
    {"FinWait1", State::fin_wait_1}, {"FinWait2", State::fin_wait_2},
    {"LastAck", State::last_ack},    {"DeleteTCB", State::closed},
};

/// Letters only: "Start Pending" and "StartPending" are one.
std::string letters_of(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kNameLettersMax * 2)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

bool is_word_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '\\' || c == '/';
}

/// "tcp" as a word of a title, not as a part of a path or of another word.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    if (!iequals(text.substr(at, word.size()), word)) continue;
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_letter(text[at - 1]);
    if (begins && (end == text.size() || !is_word_letter(text[end]))) return true;
  }
  return false;
}

}  // namespace

PsField ps_field(std::string_view column) {
  const bool cut = is_cut(column);
  if (column.size() > kNameLettersMax) return PsField::none;
  const std::string name = letters_of(column);
  if (cut) return cut_field(name);
  const auto* row =
      std::lower_bound(std::begin(kFieldNames), std::end(kFieldNames), name, begins_before);
  return row != std::end(kFieldNames) && row->name == name ? row->field : PsField::none;
}

void PsRecord::set(PsField field, std::string_view cell) {
  const auto at = static_cast<std::size_t>(field);
  has.set(at);
  if (cells[at].empty()) cells[at] = cell;
}

bool is_cut(std::string_view cell) {
  constexpr std::string_view kDots = "...";
  constexpr std::string_view kEllipsis = "…";
  return cell.ends_with(kDots) || cell.ends_with(kEllipsis) || cell.starts_with(kDots) ||
         cell.starts_with(kEllipsis);
}

std::string join_wrapped(std::string_view first, std::string_view next) {
  const std::string_view last_word = first.substr(first.find_last_of(' ') + 1);
  const std::string_view next_word = next.substr(0, next.find(' '));
  // A word that was broken is longer than a line, and `first` filled its line.
  const bool broken = letters_in(last_word) + letters_in(next_word) > letters_in(first);
  return std::string(first) + (broken ? "…" : " " + std::string(next));
}

std::optional<State> ps_tcp_state(std::string_view cell) {
  if (const auto code = number<unsigned>(cell)) {
    if (*code == kBound) return State::closed;  // bound, but it does not listen
    if (*code == 0 || *code >= kTcpStates.size()) return std::nullopt;
    return kTcpStates[*code];
  }
  for (const TcpStateName& row : kTcpStateNames) {
    if (iequals(row.name, cell)) return row.state;
  }
  return find_state(cell);
}

std::optional<ServiceState> ps_service_state(std::string_view cell) {
  const std::string word = letters_of(cell);
  if (word == "running" || word == "4") return ServiceState::running;
  if (word == "stopped" || word == "1") return ServiceState::stopped;
  if (word == "paused" || word == "7") return ServiceState::paused;
  constexpr std::array<std::string_view, 8> kPending = {
      "startpending", "stoppending", "continuepending", "pausepending", "2", "3", "5", "6"};
  if (std::find(kPending.begin(), kPending.end(), word) != kPending.end()) {
    return ServiceState::pending;
  }
  return std::nullopt;
}

std::optional<StartType> ps_start_type(std::string_view cell) {
  const std::string word = letters_of(cell);
  if (word == "boot" || word == "0") return StartType::boot;
  if (word == "system" || word == "1") return StartType::system;
  if (word == "manual" || word == "3") return StartType::manual;
  if (word == "disabled" || word == "4") return StartType::disabled;
  constexpr std::array<std::string_view, 6> kAutomatic = {
      "auto", "automatic", "2", "10", "automaticdelayedstart", "automaticdelayed"};
  if (std::find(kAutomatic.begin(), kAutomatic.end(), word) != kAutomatic.end()) {
    return StartType::automatic;
  }
  return std::nullopt;
}

void PsHint::read(std::string_view text) {
  constexpr std::size_t kBytesMax = 4096;
  text = text.substr(0, kBytesMax);
  tcp = tcp || icontains(text, "NetTCPConnection") || has_word(text, "tcp");
  udp = udp || icontains(text, "NetUDPEndpoint") || has_word(text, "udp");
  process = process || icontains(text, "Get-Process") || icontains(text, "Win32_Process") ||
            icontains(text, "Diagnostics.Process") || has_word(text, "gps");
  service = service || icontains(text, "Get-Service") || icontains(text, "Win32_Service") ||
            icontains(text, "ServiceController") || has_word(text, "gsv");
  listening = listening || has_word(text, "listen") || has_word(text, "listening");
}

}  // namespace deadlight::evidence
