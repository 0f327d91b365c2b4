// RPC interfaces, NetBIOS suffixes and the ports of SMB: one fault each, for check_test.cpp.
#include <gtest/gtest.h>

#include "knowledge/sound_base.h"

namespace deadlight::knowledge {
namespace {

constexpr Case kNetworkCases[] = {
    {"RpcWithoutName", "[[rpc_interface]]", "\"I\"", "''",
     "x.toml:118: rpc_interface '11111111-2222-3333-4444-555555555555 1.0 Web': name is empty; "
     "write it"},
    {"RpcSource", "[[rpc_interface]]", kSources, kOther,
     "x.toml:122: rpc_interface '11111111-2222-3333-4444-555555555555 1.0 Web': sources names 't', "
     "which is no "
     "[[source]]; add it to sources.toml"},
    {"RpcService", "[[rpc_interface]]", "\"Web\"", "'Webb'",
     "x.toml:120: rpc_interface '11111111-2222-3333-4444-555555555555 1.0 Webb': services names "
     "'Webb', which "
     "is no [[service]]; add a row for it"},
    {"RpcServiceNotThere", "[[rpc_interface]]", "os = \"winxp\"", "os = 'winxp-win2003'",
     "x.toml:120: rpc_interface '11111111-2222-3333-4444-555555555555 1.0 Web': services names "
     "'Web', which is "
     "not there on win2003; correct either os"},
    {"RpcOfNobody", "[[rpc_interface]]", "services = [\"Web\"]", "",
     "x.toml:115: rpc_interface '11111111-2222-3333-4444-555555555555 1.0': process is empty; say "
     "who answers, "
     "or name the services"},
    {"NetbiosWithoutMeaning", "[[netbios_suffix]]", "\"M\"", "''",
     "x.toml:128: netbios_suffix '<20> unique <computer>': meaning is empty; write it"},
    {"NetbiosWithoutForm", "[[netbios_suffix]]", "\"<computer>\"", "''",
     "x.toml:125: netbios_suffix '<20> unique ': form is empty; write it"},
    {"NetbiosSource", "[[netbios_suffix]]", kSources, "sources = []",
     "x.toml:130: netbios_suffix '<20> unique <computer>': sources is empty; name at least one "
     "[[source]]"},
    {"NetbiosService", "[[netbios_suffix]]", "\"Base\"", "'bs'",
     "x.toml:127: netbios_suffix '<20> unique <computer>': service names 'bs', an alias; write "
     "'Base'"},
    {"SmbWithoutOs", "[[smb_transport]]", "os = \"winxp\"", "os = ''",
     "x.toml:132: smb_transport 'unknown server on': os is missing; give a range such as "
     "win2000-winxp, vista- "
     "or linux"},
    {"SmbWithoutBehaviour", "[[smb_transport]]", "\"listens\"", "''",
     "x.toml:135: smb_transport 'winxp server on': behaviour is empty; write it"},
    {"SmbSource", "[[smb_transport]]", kSources, kOther,
     "x.toml:137: smb_transport 'winxp server on': sources names 't', which is no [[source]]; add "
     "it to "
     "sources.toml"},
};

INSTANTIATE_TEST_SUITE_P(BrokenNetwork, CheckRule, testing::ValuesIn(kNetworkCases), name_of);

}  // namespace
}  // namespace deadlight::knowledge
