#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deadlight::linux_host {

/// True if systemd started this host.
bool systemd_runs();

/// systemd on this host, by the interface org.freedesktop.systemd1 that systemd documents
/// (https://www.freedesktop.org/software/systemd/man/org.freedesktop.systemd1.html). Connects when
/// it is first used, by the system bus, and as root by the manager's own socket where there is no
/// bus. One thread.
class Bus {
 public:
  /// Time for one call; reading all unit files again runs every generator, and systemd itself
  /// allows 90 s for that.
  static constexpr std::chrono::seconds kCallTime{100};

  explicit Bus(std::chrono::seconds call_time = kCallTime);
  ~Bus();
  Bus(Bus&&) noexcept;
  Bus& operator=(Bus&&) noexcept;

  /// What a unit says of itself, by the names of the interface's properties: texts and lists of
  /// texts; truth values are "yes" and "no", numbers decimal, pairs of texts "FIRST SECOND".
  class Properties {
   public:
    std::string_view text(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    bool flag(std::string_view name) const { return text(name) == "yes"; }
    std::map<std::string, std::vector<std::string>, std::less<>> values;
  };
  /// Loads the unit if it is not loaded; LoadState says whether there is one.
  /// Errors: `unsupported` without systemd or a way to it, `malformed` for no unit name, `denied`.
  Result<Properties> unit(const std::string& name);
  /// Of its kind's own interface: TimeoutStopUSec and Result of a service or socket.
  Result<Properties> own_properties(const std::string& name);

  /// Units that are loaded and whose names match `pattern` ("*.socket"), by name.
  /// Errors: as unit().
  Result<std::vector<std::string>> loaded(const std::string& pattern);

  /// Asks for a job ("StartUnit", "StopUnit", "TryRestartUnit", "ReloadOrTryRestartUnit") and waits
  /// for its end. Returns its result: "done", "failed", "timeout", "dependency", "skipped", …, or
  /// "still running" at the deadline. Errors: as unit(), `refused` with what systemd says.
  Result<std::string> job(const std::string& method, const std::string& unit,
                          std::chrono::seconds deadline);
  /// Reads all unit files again. Errors: as job().
  Result<> reload();

 private:
  struct Connection;
  Result<Connection*> connected();
  Result<Properties> properties(const std::string& unit, const std::string& interface);

  std::chrono::seconds call_time_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace deadlight::linux_host
