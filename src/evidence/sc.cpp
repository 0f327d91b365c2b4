#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "sc";

// Lines of a block that say nothing that is kept.
constexpr std::array<std::string_view, 16> kOtherKeys = {"TYPE",
                                                         "WIN32_EXIT_CODE",
                                                         "SERVICE_EXIT_CODE",
                                                         "CHECKPOINT",
                                                         "WAIT_HINT",
                                                         "FLAGS",
                                                         "ERROR_CONTROL",
                                                         "BINARY_PATH_NAME",
                                                         "TAG",
                                                         "LOAD_ORDER_GROUP",
                                                         "SERVICE_START_NAME",
                                                         "START_NAME",
                                                         "RESET_PERIOD",
                                                         "REBOOT_MESSAGE",
                                                         "COMMAND_LINE",
                                                         "FAILURE_ACTIONS"};

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
    for (line_ = 0; line_ < reading_.line_count(); ++line_) {
      if (reading_.is_free(line_)) read_line(trim(reading_.line(line_)));
    }
    flush();
  }

 private:
  void read_line(std::string_view line) {
    if (istarts_with(line, "SERVICE_NAME")) return begin(line);
    if (line.starts_with("[SC]")) return read_status(line);
    if (istarts_with(line, "Enum: more data")) {
      reading_.unread(line_, "sc printed a part only; run it with 'bufsize= 100000'");
      return;
    }
    if (line.empty()) return;
    if (!open_) return read_orphan(line);
    // "(STOPPABLE, NOT_PAUSABLE, …)" under STATE
    if (line.front() == '(' && last_key_ == "STATE") return take();
    const std::optional<Field> field = parse_field(line);
    if (!field) {
      open_ = false;  // text of another kind: the block is over
      return;
    }
    read_field(*field);
  }

  /// A field whose SERVICE_NAME was lost.
  void read_orphan(std::string_view line) {
    const std::optional<Field> field = parse_field(line);
    if (!field || reading_.kinds().empty()) return;
    if (field->key == "STATE" || field->key == "PID" || field->key == "START_TYPE" ||
        field->key == "DEPENDENCIES" || (is_other(field->key) && field->key != "TYPE")) {
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
    service_ = Service();
    service_.name = field->value;
    has_service_ = true;
    open_ = true;
    take();
  }

  /// "[SC] QueryServiceConfig SUCCESS", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:"
  void read_status(std::string_view line) {
    reading_.found(kKind);
    open_ = false;
    const auto failed = line.find("FAILED");
    if (failed == std::string_view::npos) return reading_.take(line_, Mark::heading);
    std::string_view code = trim(line.substr(failed + std::string_view("FAILED").size()));
    if (code.ends_with(':')) code.remove_suffix(1);
    reading_.unread(line_, fmt::format("sc failed with error {}: nothing is known of the service",
                                       shown(code)));
  }

  void read_field(const Field& field) {
    const std::string_view key = field.key.empty() ? last_key_ : field.key;
    if (iequals(key, "DISPLAY_NAME")) {
      service_.title = field.value;
    } else if (iequals(key, "STATE")) {
      const auto state = state_of(field.value);
      if (!state) return complain("state", field.value);
      service_.state = *state;
    } else if (iequals(key, "START_TYPE")) {
      const auto start = start_of(field.value);
      if (!start) return complain("start type", field.value);
      service_.start = *start;
    } else if (iequals(key, "PID")) {
      const auto pid = number<std::uint32_t>(field.value);
      if (!pid) return complain("process id", field.value);
      if (*pid != 0) service_.pid = *pid;  // 0: it does not run, or is a driver
    } else if (iequals(key, "DEPENDENCIES")) {
      // A group of drivers is written with a plus and is no service.
      if (!field.value.empty() && field.value.front() != '+') {
        service_.depends_on.emplace_back(field.value);
      }
    } else if (!is_other(key)) {
      open_ = false;
      return;
    }
    last_key_ = key;
    take();
  }

  static bool is_other(std::string_view key) {
    for (const std::string_view other : kOtherKeys) {
      if (iequals(key, other)) return true;
    }
    return false;
  }

  void complain(std::string_view what, std::string_view value) {
    reading_.unread(line_, fmt::format("'{}' is no {} of a service", shown(value), what));
  }

  void take() {
    reading_.take(line_, Mark::row);
    service_.sources.push_back({0, Document::number(line_)});
  }

  void flush() {
    if (has_service_) reading_.add(std::move(service_));
    has_service_ = false;
    open_ = false;
    last_key_ = {};
  }

  Reading& reading_;
  std::size_t line_ = 0;
  Service service_;
  bool has_service_ = false;
  bool open_ = false;  ///< lines that follow may belong to the service
  std::string_view last_key_;
};

}  // namespace

void read_sc(Reading& reading) { ScReader(reading).run(); }

}  // namespace deadlight::evidence
