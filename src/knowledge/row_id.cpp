#include "knowledge/row_id.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace deadlight::knowledge {

std::string row_id(const PortFact& row) {
  return fmt::format("{}/{}", row.port, protocol_id(row.protocol));
}

std::string row_id(const GroupFact& row) {
  const std::string host = fmt::format("{} {}", row.os.text(), row.image);
  return row.group.empty() ? host : fmt::format("{} {}", host, row.group);
}

std::string row_id(const RpcInterfaceFact& row) {
  const std::string version = fmt::format("{} {}", row.uuid, row.version);
  return row.services.empty() ? version
                              : fmt::format("{} {}", version, fmt::join(row.services, "+"));
}

std::string row_id(const NetbiosSuffixFact& row) {
  return fmt::format("<{}> {} {}", suffix_text(row.suffix), netbios_type_id(row.type), row.form);
}

std::string row_id(const SmbTransportFact& row) {
  return fmt::format("{} {} {}", row.os.text(), smb_side_id(row.side), row.setting);
}

std::string suffix_text(std::uint8_t suffix) { return fmt::format("{:02X}", suffix); }

}  // namespace deadlight::knowledge
