#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exposure/exposure.h"

namespace deadlight {

/// `changed`: the same port of the same protocol, but another owner or another reach.
enum class DriftKind { appeared, gone, changed };
std::string_view drift_kind_id(DriftKind kind);

struct Drift {
  DriftKind kind = DriftKind::appeared;
  std::optional<Exposed> before;  ///< none for `appeared`
  std::optional<Exposed> now;     ///< none for `gone`
};

struct DriftReport {
  std::vector<Drift> rows;  ///< in listing order of the port
  /// UDP sockets on dynamic ports that nothing is known to serve: a client's, here and gone.
  std::size_t passing = 0;
};

/// What is open in `now` and was not in `before`, and the other way round. The same socket of
/// tomorrow has another PID and perhaps another number: what counts is protocol, reach and owner,
/// and the port only where it is not dynamic. Both must be of one system.
DriftReport compare(const Exposure& before, const Exposure& now);

}  // namespace deadlight
