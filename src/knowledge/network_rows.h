#pragma once

#include <string>
#include <string_view>

#include "knowledge/network_facts.h"
#include "knowledge/row_reader.h"
#include "knowledge/table_reader.h"

namespace deadlight::knowledge {

RpcInterfaceFact read_rpc_interface(TableReader& table);
NetbiosSuffixFact read_netbios_suffix(TableReader& table);
SmbTransportFact read_smb_transport(TableReader& table);

}  // namespace deadlight::knowledge
