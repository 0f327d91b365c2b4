#include "host/calls/bus.h"

#include <fmt/format.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/calls/library.h"

namespace deadlight::linux_host {
namespace {

constexpr const char* kManagerName = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";
constexpr const char* kPropertiesInterface = "org.freedesktop.DBus.Properties";
// What systemctl uses as root: it answers also while there is no message bus.
constexpr const char* kManagerSocket = "unix:path=/run/systemd/private";
constexpr std::size_t kPropertiesMax = 4096;
constexpr std::size_t kListMax = 100'000;

/// What is used of libsystemd.
struct Calls {
  Library library{"libsystemd.so.0"};
  DEADLIGHT_CALL(sd_bus_call_method);
  DEADLIGHT_CALL(sd_bus_error_free);
  DEADLIGHT_CALL(sd_bus_flush_close_unref);
  DEADLIGHT_CALL(sd_bus_is_open);
  DEADLIGHT_CALL(sd_bus_match_signal);
  DEADLIGHT_CALL(sd_bus_message_enter_container);
  DEADLIGHT_CALL(sd_bus_message_exit_container);
  DEADLIGHT_CALL(sd_bus_message_peek_type);
  DEADLIGHT_CALL(sd_bus_message_read);
  DEADLIGHT_CALL(sd_bus_message_read_basic);
  DEADLIGHT_CALL(sd_bus_message_skip);
  DEADLIGHT_CALL(sd_bus_message_unref);
  DEADLIGHT_CALL(sd_bus_new);
  DEADLIGHT_CALL(sd_bus_open_system);
  DEADLIGHT_CALL(sd_bus_process);
  DEADLIGHT_CALL(sd_bus_set_address);
  DEADLIGHT_CALL(sd_bus_set_method_call_timeout);
  DEADLIGHT_CALL(sd_bus_slot_unref);
  DEADLIGHT_CALL(sd_bus_start);
  DEADLIGHT_CALL(sd_bus_wait);
};

const Calls& calls() {
  static const Calls kCalls;
  return kCalls;
}

struct CloseBus {
  void operator()(sd_bus* bus) const { calls().sd_bus_flush_close_unref(bus); }
};
struct FreeMessage {
  void operator()(sd_bus_message* message) const { calls().sd_bus_message_unref(message); }
};
struct FreeSlot {
  void operator()(sd_bus_slot* slot) const { calls().sd_bus_slot_unref(slot); }
};
using Message = std::unique_ptr<sd_bus_message, FreeMessage>;

class BusError {
 public:
  BusError() = default;
  ~BusError() { calls().sd_bus_error_free(&error_); }
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;

  sd_bus_error* get() { return &error_; }

  tl::unexpected<Error> failure(std::string_view what, int result) const {
    const std::string_view name = error_.name == nullptr ? "" : error_.name;
    const std::string_view said =
        error_.message == nullptr ? std::strerror(-result) : error_.message;
    const auto is = [name](std::string_view ending) { return name.ends_with(ending); };
    if (is(".AccessDenied") || is(".InteractiveAuthorizationRequired")) {
      return fail(Errc::denied, fmt::format("{}: {}; run as root", what, said));
    }
    if (is(".InvalidArgs")) {
      return fail(Errc::malformed, fmt::format("{}: {}", what, said));
    }
    if (is(".NoReply") || is(".Disconnected") || is(".ServiceUnknown") || name.empty() ||
        name.starts_with("System.Error.")) {
      return fail(Errc::unsupported,
                  fmt::format("{}: systemd does not answer over D-Bus: {}; see 'systemctl status'",
                              what, said));
    }
    return fail(Errc::refused, fmt::format("{}: {}", what, said));
  }

 private:
  sd_bus_error error_{nullptr, nullptr, 0};  // the macro is a C99 literal
};

// Pairs of texts, as of what a socket unit listens on: "Stream [::]:22".
int read_pairs(sd_bus_message* message, std::vector<std::string>& values) {
  int result = calls().sd_bus_message_enter_container(message, 'a', "(ss)");
  const char* first = nullptr;
  const char* second = nullptr;
  while (result >= 0 && values.size() < kListMax &&
         (result = calls().sd_bus_message_read(message, "(ss)", &first, &second)) > 0) {
    values.push_back(fmt::format("{} {}", first, second));
  }
  return result < 0 ? result : calls().sd_bus_message_exit_container(message);
}

// The value that a variant holds, if it is of a kind that Properties has; else it is passed over.
int read_value(sd_bus_message* message, std::vector<std::string>& values) {
  char type = 0;
  const char* contents = nullptr;
  int result = calls().sd_bus_message_peek_type(message, &type, &contents);
  if (result < 0) return result;
  const std::string_view inside = contents == nullptr ? "" : contents;
  if (type == 's' || type == 'o') {
    const char* text = nullptr;
    result = calls().sd_bus_message_read_basic(message, type, &text);
    if (result >= 0) values.emplace_back(text);
    return result;
  }
  if (type == 'b') {
    int flag = 0;
    result = calls().sd_bus_message_read_basic(message, type, &flag);
    if (result >= 0) values.emplace_back(flag != 0 ? "yes" : "no");
    return result;
  }
  if (type == 't') {
    std::uint64_t number = 0;
    result = calls().sd_bus_message_read_basic(message, type, &number);
    if (result >= 0) values.push_back(std::to_string(number));
    return result;
  }
  if (type == 'a' && inside == "s") {
    result = calls().sd_bus_message_enter_container(message, type, contents);
    const char* text = nullptr;
    while (result >= 0 && values.size() < kListMax &&
           (result = calls().sd_bus_message_read_basic(message, 's', &text)) > 0) {
      values.emplace_back(text);
    }
    return result < 0 ? result : calls().sd_bus_message_exit_container(message);
  }
  if (type == 'a' && inside == "(ss)") return read_pairs(message, values);
  return calls().sd_bus_message_skip(message, nullptr);
}

// Names alone of what ListUnitsByPatterns answers.
int read_unit_names(sd_bus_message* message, std::vector<std::string>& names) {
  int result = calls().sd_bus_message_enter_container(message, 'a', "(ssssssouso)");
  while (result >= 0 && names.size() < kListMax &&
         (result = calls().sd_bus_message_enter_container(message, 'r', "ssssssouso")) > 0) {
    const char* name = nullptr;
    result = calls().sd_bus_message_read_basic(message, 's', &name);
    if (result >= 0) names.emplace_back(name);
    if (result >= 0) result = calls().sd_bus_message_skip(message, "sssssouso");
    if (result >= 0) result = calls().sd_bus_message_exit_container(message);
  }
  return result;
}

int read_properties(sd_bus_message* message, Bus::Properties& properties) {
  int result = calls().sd_bus_message_enter_container(message, 'a', "{sv}");
  while (result >= 0 && properties.values.size() < kPropertiesMax &&
         (result = calls().sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
    const char* name = nullptr;
    const char* contents = nullptr;
    char type = 0;
    result = calls().sd_bus_message_read_basic(message, 's', &name);
    if (result >= 0) result = calls().sd_bus_message_peek_type(message, &type, &contents);
    if (result >= 0) result = calls().sd_bus_message_enter_container(message, 'v', contents);
    if (result >= 0) result = read_value(message, properties.values[name]);
    if (result >= 0) result = calls().sd_bus_message_exit_container(message);
    if (result >= 0) result = calls().sd_bus_message_exit_container(message);
  }
  return result;
}

std::string own_interface(std::string_view unit) {
  const auto dot = unit.rfind('.');
  std::string kind(dot == std::string_view::npos ? "" : unit.substr(dot + 1));
  if (!kind.empty()) kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
  return "org.freedesktop.systemd1." + kind;
}

}  // namespace

// As sd_booted(3) says.
bool systemd_runs() { return access("/run/systemd/system/", F_OK) == 0; }

struct Bus::Connection {
  std::unique_ptr<sd_bus, CloseBus> bus;
  std::unique_ptr<sd_bus_slot, FreeSlot> removed_slot;
  /// Jobs that ended since one was last waited for, with their results.
  std::map<std::string, std::string> ended;

  static int on_job_removed(sd_bus_message* message, void* self, sd_bus_error*) {
    std::uint32_t id = 0;
    const char* path = nullptr;
    const char* unit = nullptr;
    const char* result = nullptr;
    if (calls().sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0) {
      static_cast<Connection*>(self)->ended[path] = result;
    }
    return 0;
  }

  bool open_system_bus() {
    sd_bus* opened = nullptr;
    if (calls().sd_bus_open_system(&opened) < 0) return false;
    bus.reset(opened);
    return true;
  }

  bool open_manager_socket() {
    sd_bus* made = nullptr;
    if (geteuid() != 0 || calls().sd_bus_new(&made) < 0) return false;
    bus.reset(made);
    return calls().sd_bus_set_address(made, kManagerSocket) >= 0 && calls().sd_bus_start(made) >= 0;
  }

  // Without a message bus the manager sends every signal, and Subscribe does no harm.
  bool watch_jobs() {
    sd_bus_slot* slot = nullptr;
    const int matched =
        calls().sd_bus_match_signal(bus.get(), &slot, nullptr, kManagerPath, kManagerInterface,
                                    "JobRemoved", on_job_removed, this);
    removed_slot.reset(slot);
    BusError error;
    return matched >= 0 &&
           calls().sd_bus_call_method(bus.get(), kManagerName, kManagerPath, kManagerInterface,
                                      "Subscribe", error.get(), nullptr, "") >= 0;
  }
};

Bus::Bus(std::chrono::seconds call_time) : call_time_(call_time) {}
Bus::~Bus() = default;
Bus::Bus(Bus&&) noexcept = default;
Bus& Bus::operator=(Bus&&) noexcept = default;

std::string_view Bus::Properties::text(std::string_view name) const {
  const auto value = values.find(name);
  return value == values.end() || value->second.empty() ? std::string_view()
                                                        : value->second.front();
}

std::vector<std::string> Bus::Properties::list(std::string_view name) const {
  const auto value = values.find(name);
  return value == values.end() ? std::vector<std::string>() : value->second;
}

Result<Bus::Connection*> Bus::connected() {
  if (connection_ && calls().sd_bus_is_open(connection_->bus.get()) > 0) return connection_.get();
  if (!systemd_runs()) {
    return fail(Errc::unsupported, "systemd does not run this host, so that it has no units");
  }
  if (const Result<> ready = calls().library.ready(); !ready) {
    return fail(Errc::unsupported, ready.error().message);
  }
  auto fresh = std::make_unique<Connection>();
  const bool open = (fresh->open_system_bus() && fresh->watch_jobs()) ||
                    (fresh->open_manager_socket() && fresh->watch_jobs());
  if (!open) {
    return fail(Errc::unsupported,
                "systemd cannot be reached, by D-Bus or by its own socket; see 'systemctl status "
                "dbus', and run as root");
  }
  const std::chrono::microseconds call_time = call_time_;
  calls().sd_bus_set_method_call_timeout(fresh->bus.get(),
                                         static_cast<std::uint64_t>(call_time.count()));
  connection_ = std::move(fresh);
  return connection_.get();
}

Result<Bus::Properties> Bus::properties(const std::string& unit, const std::string& interface) {
  Connection* connection = DEADLIGHT_TRY(connected());
  BusError error;
  sd_bus_message* raw = nullptr;
  int result = calls().sd_bus_call_method(connection->bus.get(), kManagerName, kManagerPath,
                                          kManagerInterface, "LoadUnit", error.get(), &raw, "s",
                                          unit.c_str());
  const Message loaded(raw);
  const char* path = nullptr;
  if (result >= 0) result = calls().sd_bus_message_read_basic(loaded.get(), 'o', &path);
  if (result < 0) return error.failure(unit, result);
  raw = nullptr;
  result =
      calls().sd_bus_call_method(connection->bus.get(), kManagerName, path, kPropertiesInterface,
                                 "GetAll", error.get(), &raw, "s", interface.c_str());
  const Message all(raw);
  Properties properties;
  if (result >= 0) result = read_properties(all.get(), properties);
  if (result < 0) return error.failure(unit, result);
  return properties;
}

Result<Bus::Properties> Bus::unit(const std::string& name) {
  return properties(name, "org.freedesktop.systemd1.Unit");
}

Result<Bus::Properties> Bus::own_properties(const std::string& name) {
  return properties(name, own_interface(name));
}

Result<std::vector<std::string>> Bus::loaded(const std::string& pattern) {
  Connection* connection = DEADLIGHT_TRY(connected());
  BusError error;
  sd_bus_message* raw = nullptr;
  int result = calls().sd_bus_call_method(connection->bus.get(), kManagerName, kManagerPath,
                                          kManagerInterface, "ListUnitsByPatterns", error.get(),
                                          &raw, "asas", 0, 1, pattern.c_str());
  const Message reply(raw);
  std::vector<std::string> names;
  if (result >= 0) result = read_unit_names(reply.get(), names);
  if (result < 0) return error.failure(pattern, result);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> Bus::job(const std::string& method, const std::string& unit,
                             std::chrono::seconds deadline) {
  using Clock = std::chrono::steady_clock;
  Connection* connection = DEADLIGHT_TRY(connected());
  connection->ended.clear();
  BusError error;
  sd_bus_message* raw = nullptr;
  int result = calls().sd_bus_call_method(connection->bus.get(), kManagerName, kManagerPath,
                                          kManagerInterface, method.c_str(), error.get(), &raw,
                                          "ss", unit.c_str(), "replace");
  const Message reply(raw);
  const char* path = nullptr;
  if (result >= 0) result = calls().sd_bus_message_read_basic(reply.get(), 'o', &path);
  if (result < 0) return error.failure(unit, result);
  const Clock::time_point end = Clock::now() + deadline;
  for (;;) {
    if (const auto ended = connection->ended.find(path); ended != connection->ended.end()) {
      return ended->second;
    }
    result = calls().sd_bus_process(connection->bus.get(), nullptr);
    if (result < 0) return error.failure(unit, result);
    if (result > 0) continue;
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(end - Clock::now());
    if (left.count() <= 0) return std::string("still running");
    result = calls().sd_bus_wait(connection->bus.get(), static_cast<std::uint64_t>(left.count()));
    if (result < 0 && result != -EINTR) return error.failure(unit, result);
  }
}

Result<> Bus::reload() {
  Connection* connection = DEADLIGHT_TRY(connected());
  BusError error;
  const int result =
      calls().sd_bus_call_method(connection->bus.get(), kManagerName, kManagerPath,
                                 kManagerInterface, "Reload", error.get(), nullptr, "");
  if (result < 0) return error.failure("reading the unit files again", result);
  return {};
}

}  // namespace deadlight::linux_host
