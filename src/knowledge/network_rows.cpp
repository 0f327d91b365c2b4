#include "knowledge/network_rows.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight::knowledge {
namespace {

constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_uuid(Text text) {
  return std::equal(text.begin(), text.end(), kUuidShape.begin(), kUuidShape.end(),
                    [](char c, char shape) { return shape == 'x' ? is_hex_digit(c) : c == shape; });
}

bool is_version(Text text) {
  const auto dot = text.find('.');
  return dot != Text::npos && number<std::uint16_t>(text.substr(0, dot)) &&
         number<std::uint16_t>(text.substr(dot + 1));
}

std::optional<std::uint8_t> suffix_number(Text text) {
  if (text.size() != 2 || !is_hex_digit(text[0]) || !is_hex_digit(text[1])) return std::nullopt;
  std::uint8_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

}  // namespace

RpcInterfaceFact read_rpc_interface(TableReader& table) {
  table.require({"uuid", "version", "name", "os", "certainty"});
  RpcInterfaceFact row;
  if (const Text uuid = table.line("uuid"); is_uuid(uuid)) {
    row.uuid = table.file().overlay.keep(to_lower(uuid));
  } else if (table.has("uuid")) {
    table.bad_value("uuid", uuid,
                    "32 hexadecimal digits as in 367abb81-9844-35f1-ad32-98f038001003");
  }
  row.version = table.line("version");
  if (!row.version.empty() && !is_version(row.version)) {
    table.bad_value("version", row.version, "major and minor, such as \"1.0\"");
  }
  row.name = table.line("name");
  row.os = table.os("os");
  row.services = table.lines("services");
  row.process = table.prose("process");
  row.transports = table.lines("transports");
  table.basis(row);
  return row;
}

NetbiosSuffixFact read_netbios_suffix(TableReader& table) {
  table.require({"suffix", "form", "type", "meaning", "certainty"});
  NetbiosSuffixFact row;
  const Text suffix = table.line("suffix");
  const std::optional<std::uint8_t> number = suffix_number(suffix);
  if (!number && table.has("suffix")) {
    table.bad_value("suffix", suffix, "two hexadecimal digits such as \"1B\"");
  }
  row.suffix = number.value_or(0);
  row.form = table.line("form");
  row.type = table.choice<NetbiosType>("type", kNetbiosTypes, NetbiosType::unique);
  row.title = table.line("title");
  row.service = table.line("service");
  row.meaning = table.prose("meaning");
  table.basis(row);
  return row;
}

SmbTransportFact read_smb_transport(TableReader& table) {
  table.require({"os", "side", "setting", "behaviour", "certainty"});
  SmbTransportFact row;
  row.os = table.os("os");
  row.side = table.choice<SmbSide>("side", kSmbSides, SmbSide::server);
  row.setting = table.line("setting");
  row.behaviour = table.prose("behaviour");
  row.tcp139 = table.line("tcp139");
  row.tcp445 = table.line("tcp445");
  row.udp137 = table.line("udp137");
  row.udp138 = table.line("udp138");
  row.note = table.prose("note");
  table.basis(row);
  return row;
}

}  // namespace deadlight::knowledge
