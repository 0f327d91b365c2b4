#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "sc";

/// What a line of a block tells. `other`: nothing that is kept.
enum class Role { unknown, type, state, start, command, title, dependencies, pid, other };

struct Key {
  std::string_view name;
  Role role;
};

constexpr std::array<Key, 24> kKeys = {{{"TYPE", Role::type},
                                        {"STATE", Role::state},
                                        {"START_TYPE", Role::start},
                                        {"BINARY_PATH_NAME", Role::command},
                                        {"DISPLAY_NAME", Role::title},
                                        {"DEPENDENCIES", Role::dependencies},
                                        {"PID", Role::pid},
                                        {"WIN32_EXIT_CODE", Role::other},
                                        {"SERVICE_EXIT_CODE", Role::other},
                                        {"CHECKPOINT", Role::other},
                                        {"WAIT_HINT", Role::other},
                                        {"FLAGS", Role::other},
                                        {"ERROR_CONTROL", Role::other},
                                        {"TAG", Role::other},
                                        {"LOAD_ORDER_GROUP", Role::other},
                                        {"SERVICE_START_NAME", Role::other},
                                        {"START_NAME", Role::other},
                                        {"RESET_PERIOD", Role::other},
                                        {"RESET_PERIOD (in seconds)", Role::other},
                                        {"REBOOT_MESSAGE", Role::other},
                                        {"COMMAND_LINE", Role::other},
                                        {"FAILURE_ACTIONS", Role::other},
                                        {"DESCRIPTION", Role::other},
                                        {"SERVICE_SID_TYPE", Role::other}}};

// Keys are translated in many languages ("Состояние", "STATUS", "STATO"); the order of the lines,
// the numbers and the words behind them are not.
constexpr std::array<Role, 8> kQueryOrder = {Role::type,  Role::state, Role::other, Role::other,
                                             Role::other, Role::other, Role::pid,   Role::other};
constexpr std::array<Role, 9> kConfigOrder = {Role::type,    Role::start,        Role::other,
                                              Role::command, Role::other,        Role::other,
                                              Role::title,   Role::dependencies, Role::other};

Role role_of(std::string_view key) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(),
                                  [&](const Key& row) { return iequals(row.name, key); });
  return found == kKeys.end() ? Role::unknown : found->role;
}

/// The word behind the number: "RUNNING" of "4  RUNNING".
std::string_view second_word(std::string_view value) {
  value.remove_prefix(std::min(value.find(' '), value.size()));
  value.remove_prefix(indent_of(value));
  return value.substr(0, value.find(' '));
}

/// "20  WIN32_SHARE_PROCESS", "1  KERNEL_DRIVER": the number is hexadecimal.
bool is_type(std::string_view value) {
  constexpr std::array<std::string_view, 7> kTypes = {
      "WIN32",   "WIN32_OWN_PROCESS", "KERNEL_DRIVER",      "FILE_SYSTEM_DRIVER",
      "ADAPTER", "RECOGNIZER_DRIVER", "WIN32_SHARE_PROCESS"};
  const std::size_t end = value.find_first_not_of("0123456789abcdefABCDEF");
  if (end == 0 || end == std::string_view::npos) return false;
  const std::string_view word = second_word(value);
  return std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end() ||
         word.starts_with("USER_") || word == "ERROR";
}

bool is_state_word(std::string_view word) {
  return word == "RUNNING" || word == "STOPPED" || word == "PAUSED" || word.ends_with("_PENDING");
}

struct Field {
  std::string_view key;  ///< empty for a line that goes on with the field before
  std::string_view value;
};

/// "        STATE              : 4  RUNNING"
std::optional<Field> parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Field{trim(line.substr(0, colon)), trim(line.substr(colon + 1))};
}

/// "Dnscache DISPLAY_NAME: DNS Client TYPE : 20 …": more than the first line of a block.
bool holds_other_fields(std::string_view text) {
  constexpr std::array<std::string_view, 4> kNames = {" DISPLAY_NAME:", " SERVICE_NAME:", " TYPE ",
                                                      "  WIN32_"};
  return text.find(':') != std::string_view::npos &&
         std::any_of(kNames.begin(), kNames.end(), [text](std::string_view name) {
           return text.find(name) != std::string_view::npos;
         });
}

/// Where a line stands in its block, so that one of another block is noticed: later lines of
/// sc query and of sc qc have larger numbers.
int place_of(Role role, int last) {
  switch (role) {
    case Role::type:
      return 2;
    case Role::state:
    case Role::start:
      return 3;
    case Role::command:
      return 4;
    case Role::title:
      return last < 2 ? 1 : 5;
    case Role::dependencies:
    case Role::pid:
      return 6;
    default:
      return last;
  }
}

/// The number before the word: names are translated, numbers are not.
std::optional<unsigned> leading_number(std::string_view value) {
  return number<unsigned>(value.substr(0, value.find_first_of(" \t")));
}

std::optional<ServiceState> state_of(std::string_view value) {
  constexpr unsigned kStopped = 1;
  constexpr unsigned kRunning = 4;
  constexpr unsigned kPaused = 7;
  const auto code = leading_number(value);
  if (!code || *code < kStopped || *code > kPaused) return std::nullopt;
  if (*code == kStopped) return ServiceState::stopped;
  if (*code == kRunning) return ServiceState::running;
  return *code == kPaused ? ServiceState::paused : ServiceState::pending;
}

std::optional<StartType> start_of(std::string_view value) {
  const auto code = leading_number(value);
  if (!code || *code > 4) return std::nullopt;
  return static_cast<StartType>(*code + 1);
}

class ScReader {
 public:
  explicit ScReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (line_ = reading_.next_free(0); line_ < reading_.line_count();
         line_ = reading_.next_free(line_ + 1)) {
      const std::string_view line = reading_.line(line_);
      if (is_foreign(line)) continue;
      if (const std::string_view text = trim(line); !text.empty()) read_line(text);
    }
    flush();
  }

 private:
  /// True for lines that cannot be of sc while no block is open; spares them the work.
  bool is_foreign(std::string_view line) const {
    const std::size_t first = indent_of(line);
    if (first == line.size()) return true;
    constexpr std::string_view kFirst = "Ss[E";  // SERVICE_NAME, "[SC]", "Enum:"
    return !open_ && first > 0 && reading_.kinds().empty() &&
           kFirst.find(line[first]) == std::string_view::npos;
  }

  void read_line(std::string_view line) {
    if (istarts_with(line, "SERVICE_NAME")) return begin(line);
    if (line.starts_with("[SC]")) return read_status(line);
    if (line.starts_with("Enum: ")) return read_enumeration(line);
    if (begins_translated()) return begin_translated(line);
    if (!open_) return read_orphan(line);
    if (is_rest_of_line_before(line)) return read_rest(line);
    // "(STOPPABLE, NOT_PAUSABLE, …)" under STATE
    if (line.front() == '(' && last_role_ == Role::state) return take_below();
    const std::optional<Field> field = parse_field(line);
    if (!field) {
      open_ = false;  // text of another kind: the block is over
      return;
    }
    read_field(*field);
  }

  /// "Enum: more data, need 1822 bytes", "Enum: entriesRead  = 3"
  void read_enumeration(std::string_view line) {
    if (line.find("more data") != std::string_view::npos) {
      reading_.unread(line_, "sc printed a part only; run it with 'bufsize= 100000'");
    } else {
      reading_.take(line_, Mark::heading);
    }
  }

  /// A field whose SERVICE_NAME was lost.
  void read_orphan(std::string_view line) {
    if (reading_.kinds().empty()) return;
    const std::optional<Field> field = parse_field(line);
    if (!field) return;
    const Role role = role_of(field->key);
    if (role != Role::unknown && role != Role::type && role != Role::title) {
      reading_.unread(line_, "the SERVICE_NAME that this line belongs to is missing");
    }
  }

  void begin(std::string_view line) {
    const std::optional<Field> field = parse_field(line);
    if (!field || !iequals(field->key, "SERVICE_NAME")) return;
    flush();
    reading_.found(kKind);
    if (field->value.empty()) {
      reading_.unread(line_, "the name of the service is missing");
      return;
    }
    if (holds_other_fields(field->value)) return refuse_one_line(reading_, line_);
    service_ = Service();
    service_.name = field->value;
    has_service_ = true;
    open_ = true;
    take();
  }

  /// True if line `index` is the type of a service, below its name.
  bool is_type_line(std::size_t index) const {
    if (index >= reading_.line_count() || !reading_.is_free(index)) return false;
    const std::string_view line = reading_.line(index);
    if (line.empty() || (line.front() != ' ' && line.front() != '\t')) return false;
    const std::optional<Field> field = parse_field(line);
    return field && !field->key.empty() && is_type(field->value);
  }

  /// "Имя_службы: Dnscache", known by the type in the line below or, with a title, after that.
  bool begins_translated() const {
    const std::string_view line = reading_.line(line_);
    if (line.front() == ' ' || line.front() == '\t') return false;
    const std::optional<Field> field = parse_field(line);
    if (!field || role_of(field->key) != Role::unknown) return false;  // "DISPLAY_NAME: …" twice
    if (parse_prompt(line)) return false;  // "PS C:\\> sc start Dnscache"
    if (line_ + 1 >= reading_.line_count()) return false;
    if (is_type_line(line_ + 1)) return !(has_service_ && open_ && order_ == 0);
    const std::string_view next = reading_.line(line_ + 1);
    return !next.empty() && next.front() != ' ' && is_type_line(line_ + 2) &&
           parse_field(next).has_value();
  }

  void begin_translated(std::string_view line) {
    const std::optional<Field> field = parse_field(line);
    if (!field || field->key.empty() || field->value.empty()) return;
    if (holds_other_fields(line)) return;
    flush();
    reading_.found(kKind);
    service_ = Service();
    service_.name = field->value;
    has_service_ = true;
    open_ = true;
    is_translated_ = true;
    take();
  }

  /// "[SC] QueryServiceConfig SUCCESS", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:"
  void read_status(std::string_view line) {
    reading_.found(kKind);
    open_ = false;
    if (holds_other_fields(line)) return refuse_one_line(reading_, line_);
    std::string_view code = words(line).back();
    if (code.ends_with(':')) code.remove_suffix(1);
    const auto failed = line.find("FAILED");
    if (failed != std::string_view::npos) {
      code = trim(line.substr(failed + std::string_view("FAILED").size()));
      if (code.ends_with(':')) code.remove_suffix(1);
    } else if (!number<std::uint32_t>(code)) {
      return reading_.take(line_, Mark::heading);
    }
    reading_.unread(line_, fmt::format("sc failed with error {}: nothing is known of the service",
                                       shown(code)));
  }

  /// True if a window cut the line before, and its rest stands here.
  bool is_rest_of_line_before(std::string_view line) const {
    if (line_ == 0 || line_ != last_line_ + 1 || !may_be_wrapped(reading_, last_line_))
      return false;
    const std::size_t indent = indent_of(reading_.line(field_line_));
    if (indent > 0 && indent_of(reading_.line(line_)) < indent) return true;
    const std::optional<Field> field = parse_field(line);
    return !field || (!is_translated_ && role_of(field->key) == Role::unknown);
  }

  void read_rest(std::string_view line) {
    const std::optional<std::string> whole = unwrapped(reading_, field_line_, line_);
    const std::optional<Field> field = parse_field(whole ? std::string_view(*whole) : "");
    const bool is_text = last_role_ == Role::title || last_role_ == Role::command;
    last_line_ = line_;
    if (field && is_text) {
      (last_role_ == Role::title ? service_.title : service_.command) = field->value;
      return reading_.take(line_, Mark::row);
    }
    if (last_role_ == Role::title) service_.title.clear();
    if (last_role_ == Role::command) service_.command.clear();
    if (last_role_ == Role::dependencies && !service_.depends_on.empty()) {
      service_.depends_on.pop_back();
    }
    reading_.unread(line_, fmt::format("'{}' is the rest of the line above; copy it from a wider "
                                       "window",
                                       shown(line)));
  }

  /// True for a line that another block must have: its SERVICE_NAME was lost. A line that stands
  /// twice tells nothing new.
  bool is_of_other_block(const Field& field, Role role) const {
    if (is_translated_ || field.key.empty()) return false;
    const int place = place_of(role, place_);
    if (place < place_) return true;
    const auto bit = 1U << static_cast<unsigned>(role);
    if (role == Role::other || role == Role::unknown || (seen_ & bit) == 0) return false;
    return trim(reading_.line(line_)) != trim(reading_.line(field_line_));
  }

  /// What this line tells; of a translated block by its place in the order.
  Role role_here(const Field& field) {
    if (field.key.empty()) return last_role_;
    const Role role = role_of(field.key);
    if (!is_translated_ || role == Role::pid) return role;
    if (is_type(field.value)) {
      order_ = 1;
      return Role::type;
    }
    if (order_ == 0) return Role::title;
    const std::size_t place = order_++;
    if (place == 1) {
      is_query_ = is_state_word(second_word(field.value));
      return is_query_ ? Role::state : Role::start;
    }
    if (place >= (is_query_ ? kQueryOrder.size() : kConfigOrder.size())) return Role::unknown;
    const Role expected = is_query_ ? kQueryOrder[place] : kConfigOrder[place];
    // A line that was lost would shift the others.
    return expected == Role::other && !fits_place(place, field.value) ? Role::unknown : expected;
  }

  bool fits_place(std::size_t place, std::string_view value) const {
    constexpr std::size_t kCheckpoint = 4;
    constexpr std::size_t kWaitHint = 5;
    constexpr std::size_t kTag = 5;
    if (is_query_) {
      return (place != kCheckpoint && place != kWaitHint) || value.starts_with("0x");
    }
    if (place == 2) return leading_number(value).has_value();
    return place != kTag || leading_number(value).has_value();
  }

  void read_field(const Field& field) {
    const Role role = role_here(field);
    if (is_of_other_block(field, role)) {
      open_ = false;
      reading_.unread(line_, "the SERVICE_NAME that this line belongs to is missing");
      return;
    }
    switch (role) {
      case Role::title:
        service_.title = field.value;
        break;
      case Role::state: {
        const auto state = state_of(field.value);
        if (!state) return complain("state", field.value);
        service_.state = *state;
        break;
      }
      case Role::start: {
        const auto start = start_of(field.value);
        if (!start) return complain("start type", field.value);
        service_.start = *start;
        break;
      }
      case Role::pid: {
        const auto pid = number<std::uint32_t>(field.value);
        if (!pid) return complain("process id", field.value);
        if (*pid != 0) service_.pid = *pid;  // 0: it does not run, or is a driver
        break;
      }
      case Role::command:
        service_.command = field.value;
        break;
      case Role::dependencies:
        // A group of drivers is written with a plus and is no service.
        if (!field.value.empty() && field.value.front() != '+') {
          service_.depends_on.emplace_back(field.value);
        }
        break;
      case Role::unknown:
        open_ = false;
        return;
      case Role::type:
      case Role::other:
        break;
    }
    last_role_ = role;
    place_ = place_of(role, place_);
    seen_ |= 1U << static_cast<unsigned>(role);
    take();
  }

  void complain(std::string_view what, std::string_view value) {
    reading_.unread(line_, fmt::format("'{}' is no {} of a service", shown(value), what));
  }

  void take() {
    field_line_ = line_;
    take_below();
  }

  void take_below() {
    last_line_ = line_;
    reading_.take(line_, Mark::row);
    service_.sources.append(reading_.source(line_));
  }

  void flush() {
    if (has_service_) reading_.add(std::move(service_));
    has_service_ = false;
    open_ = false;
    is_translated_ = false;
    order_ = 0;
    place_ = 0;
    seen_ = 0;
    last_role_ = Role::unknown;
  }

  Reading& reading_;
  std::size_t line_ = 0;
  Service service_;
  bool has_service_ = false;
  bool open_ = false;  ///< lines that follow may belong to the service
  Role last_role_ = Role::unknown;
  std::size_t field_line_ = 0;  ///< the last one with a key
  std::size_t last_line_ = 0;   ///< the last one of the block
  int place_ = 0;               ///< of the last line in its block
  unsigned seen_ = 0;           ///< a bit for each role
  bool is_translated_ = false;
  bool is_query_ = false;  ///< sc query or queryex, not qc
  std::size_t order_ = 0;  ///< lines of a translated block from its type on
};

}  // namespace

void read_sc(Reading& reading) { ScReader(reading).run(); }

}  // namespace deadlight::evidence
