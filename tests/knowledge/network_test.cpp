// What the network shows of a host: RPC interfaces, NetBIOS names, SMB, registered ports; and what
// must never be done on a host with a certain use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "knowledge/folder.h"
#include "knowledge/loader.h"
#include "knowledge/never_with.h"

namespace deadlight::knowledge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kSpooler = "12345678-1234-ABCD-EF00-0123456789AB";

TEST(Rpc, AUuidIsFoundInEachWayToWriteIt) {
  const Knowledge kb = mini();
  for (const std::string_view uuid :
       {"4b324fc8-1670-01d3-1278-5a47bf6ee188", "4B324FC8-1670-01D3-1278-5A47BF6EE188",
        "{4b324fc8-1670-01d3-1278-5A47BF6EE188}"}) {
    ASSERT_THAT(kb.rpc_interfaces(uuid), SizeIs(1)) << uuid;
    const RpcInterfaceFact& row = kb.rpc_interfaces(uuid)[0];
    EXPECT_EQ(row.uuid, "4b324fc8-1670-01d3-1278-5a47bf6ee188");
    EXPECT_EQ(row.version, "3.0");
    EXPECT_EQ(row.name, "srvsvc");
    EXPECT_THAT(row.services, ElementsAre("LanmanServer"));
    EXPECT_THAT(row.transports, ElementsAre("ncacn_np:\\PIPE\\srvsvc", "ncalrpc"));
    EXPECT_EQ(row.certainty, Certainty::documented);
  }
}

TEST(Rpc, AUuidOfTwoServicesGivesBoth) {
  const auto rows = mini().rpc_interfaces(kSpooler);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].services, IsEmpty());
  EXPECT_EQ(rows[0].process, "spoolsv.exe");
  EXPECT_THAT(rows[1].services, ElementsAre("DiscoverySvc"));
  EXPECT_EQ(rows[1].os.text(), "winxp-win2003");
}

TEST(Rpc, WhatIsNoUuidGivesNothing) {
  for (const std::string_view text : {"", "{", "{}", "4b324fc8", "zzzz", "\xff"}) {
    EXPECT_THAT(mini().rpc_interfaces(text), IsEmpty()) << text;
  }
  EXPECT_THAT(Knowledge{}.rpc_interfaces(kSpooler), IsEmpty());
}

TEST(Netbios, ASuffixHasSeveralMeanings) {
  const auto rows = mini().netbios_suffixes(0x1C);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].form, "<domain>");
  EXPECT_EQ(rows[0].type, NetbiosType::group);
  EXPECT_EQ(rows[1].form, "INet~Services");
  EXPECT_EQ(rows[1].certainty, Certainty::inferred);
  ASSERT_THAT(mini().netbios_suffixes(0x20), SizeIs(1));
  EXPECT_EQ(mini().netbios_suffixes(0x20)[0].service, "LanmanServer");
  EXPECT_THAT(mini().netbios_suffixes(0x21), IsEmpty());
}

TEST(SmbTransport, KeepsEveryColumn) {
  ASSERT_THAT(mini().smb, SizeIs(1));
  const SmbTransportFact& row = mini().smb[0];
  EXPECT_EQ(row.side, SmbSide::server);
  EXPECT_EQ(row.tcp139, "closed");
  EXPECT_EQ(row.tcp445, "listening");
  EXPECT_EQ(row.note, "Only 445 stays.");
}

TEST(Registry, NamesAPortByProtocol) {
  const Knowledge kb = mini();
  ASSERT_TRUE(kb.registered(Protocol::tcp, 445));
  EXPECT_EQ(kb.registered(Protocol::tcp, 445)->name, "microsoft-ds");
  EXPECT_EQ(kb.registered(Protocol::udp, 445)->description, "Microsoft-DS");
  EXPECT_EQ(kb.registered(Protocol::tcp, 512)->name, "exec");
  EXPECT_EQ(kb.registered(Protocol::udp, 512)->name, "comsat");
  EXPECT_EQ(kb.registered(Protocol::udp, 512)->description, "");
  EXPECT_EQ(kb.registered(Protocol::tcp, 65535)->description, "The \"last\" one\\?");
  EXPECT_FALSE(kb.registered(Protocol::udp, 65535));
  EXPECT_FALSE(kb.registered(Protocol::tcp, 446));
  EXPECT_FALSE(Knowledge{}.registered(Protocol::tcp, 445));
  EXPECT_THAT(kb.registry.sources, ElementsAre("handbook"));
}

// What problems_of() says of a registry with this text.
std::vector<std::string> registry_problems(std::string_view text) {
  const Folder folder;
  folder.write("s.toml", "[[source]]\nid='s'\ntitle='S'\n");
  folder.write("iana.tsv", text);
  const Result<FolderReading> reading = read_folder(folder.path(), Knowledge{});
  if (!reading) return {reading.error().message};
  std::vector<std::string> problems = problems_of(*reading);
  for (std::string& problem : problems) problem.erase(0, folder.path().string().size() + 1);
  return problems;
}

TEST(Registry, FaultsAreNamedWithTheirLine) {
  const std::string source = "source\ts\n";
  EXPECT_THAT(registry_problems(source + "80\ttcp\thttp\tWeb\r\n\n# x\n"), IsEmpty());
  EXPECT_THAT(registry_problems(source + "80 tcp http\n"),
              ElementsAre("iana.tsv:2: the line is not PORT, protocols, name and description with "
                          "a tab between each"));
  for (const std::string_view row : {"0\ttcp\ta\tb", "65536\ttcp\ta\tb", "80\tsctp\ta\tb"}) {
    EXPECT_THAT(registry_problems(source + std::string(row)),
                ElementsAre("iana.tsv:2: the line needs a port from 1 to 65535 and tcp, udp or "
                            "both"))
        << row;
  }
  EXPECT_THAT(registry_problems(source + "80\ttcp\t" + std::string(256, 'a') + "\tb"),
              ElementsAre(HasSubstr("longer than 255 bytes")));
  EXPECT_THAT(registry_problems(source + "80\ttcp\t\x1b[2J\tb"),
              ElementsAre(HasSubstr("not plain ASCII")));
  EXPECT_THAT(registry_problems(source + "80\ttcp udp\ta\tb\n80\ttcp\tc\td\n"),
              ElementsAre("iana.tsv: port 80 has two names for one protocol; keep one"));
  EXPECT_THAT(registry_problems("80\ttcp\ta\tb\n"),
              ElementsAre("iana.tsv:1: registry 'iana.tsv': sources is empty; name at least one "
                          "[[source]]"));
  EXPECT_THAT(registry_problems("# x\nsource\tt\n80\ttcp\ta\tb\n"),
              ElementsAre(HasSubstr("iana.tsv:2: registry 'iana.tsv': sources names 't'")));
}

TEST(Registry, AWrongFormatIsNotToldOnEveryLine) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "no table\n";
  EXPECT_THAT(registry_problems(text), SizeIs(20));
}

TEST(Registry, NamesGoOverSeveralPages) {
  const Folder folder;
  std::string text = "source\ts\n";
  for (int port = 1; port <= 2000; ++port) {
    text += std::to_string(port) + "\ttcp\tn" + std::to_string(port) + "\t" +
            std::string(100, 'd') + "\n";
  }
  folder.write("iana.tsv", text);
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(loaded->knowledge.registry.pages, SizeIs(4));
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1, 567, 568, 569, 2000}) {
    EXPECT_EQ(loaded->knowledge.registered(Protocol::tcp, port)->name, "n" + std::to_string(port));
  }
}

TEST(Registry, AnOverlayWithoutOneKeepsTheBuiltIn) {
  const Folder folder;
  folder.write("a.toml", "[[capability]]\nid='a'\ntitle='A'\n");
  const Result<Loaded> loaded = load(folder.path(), mini());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->knowledge.registered(Protocol::tcp, 7)->name, "echo");
}

TEST(NetworkRows, AnOverlayReplacesTheRowOfThatUuidAndService) {
  const Folder folder;
  folder.write("a.toml",
               "[[rpc_interface]]\nuuid='12345678-1234-ABCD-ef00-0123456789ab'\nversion='1.0'\n"
               "name='mine'\nos='windows'\nprocess='p'\ncertainty='inferred'\nsources=['lab']\n");
  const Result<Loaded> loaded = load(folder.path(), mini());
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto rows = loaded->knowledge.rpc_interfaces(kSpooler);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].name, "mine");
  EXPECT_EQ(rows[1].name, "a service with the same number");
}

struct RowFault {
  const char* toml;
  const char* problem;
};

TEST(NetworkRows, FaultsAreNamedWithFileLineAndKey) {
  const RowFault faults[] = {
      {"[[rpc_interface]]\nuuid='4b324fc8'\nversion='1.0'\nname='n'\nos='linux'\n"
       "certainty='inferred'",
       "x.toml:2: 'uuid' in [[rpc_interface]] is '4b324fc8'; it must be 32 hexadecimal digits as "
       "in 367abb81-9844-35f1-ad32-98f038001003"},
      {"[[rpc_interface]]\nuuid='367abb81-9844-35f1-ad32-98f038001003'\nversion='one'\nname='n'\n"
       "os='linux'\ncertainty='inferred'",
       "x.toml:3: 'version' in [[rpc_interface]] is 'one'; it must be major and minor, such as "
       "\"1.0\""},
      {"[[netbios_suffix]]\nsuffix='2'\nform='f'\ntype='unique'\nmeaning='m'\n"
       "certainty='inferred'",
       "x.toml:2: 'suffix' in [[netbios_suffix]] is '2'; it must be two hexadecimal digits such as "
       "\"1B\""},
      {"[[netbios_suffix]]\nsuffix='20'\nform='f'\ntype='one'\nmeaning='m'\n"
       "certainty='inferred'",
       "x.toml:4: 'type' in [[netbios_suffix]] is 'one'; it must be one of unique, group, "
       "wildcard"},
      {"[[smb_transport]]\nos='linux'\nside='peer'\nsetting='s'\nbehaviour='b'\n"
       "certainty='inferred'",
       "x.toml:3: 'side' in [[smb_transport]] is 'peer'; it must be one of client, server, both"},
      {"[[smb_transport]]\nos='linux'\nside='both'\nsetting='s'\nbehaviour='b'\nport=1\n"
       "certainty='inferred'",
       "x.toml:6: unknown key 'port' in [[smb_transport]]; known are os, side, setting, behaviour, "
       "tcp139, tcp445, udp137, udp138, note, certainty, sources"},
      {"[[rpc_interface]]\nversion='1.0'\nname='n'\nos='linux'\ncertainty='inferred'",
       "x.toml:1: [[rpc_interface]] has no 'uuid'; add it"},
  };
  for (const RowFault& fault : faults) EXPECT_EQ(complaint(fault.toml), fault.problem);
}

TEST(NetworkRows, TwiceIsAProblem) {
  const std::string suffix =
      "[[netbios_suffix]]\nsuffix='1b'\nform='f'\ntype='unique'\nmeaning='m'\n"
      "certainty='inferred'\n";
  EXPECT_THAT(complaint(suffix + suffix),
              HasSubstr("x.toml:7: netbios_suffix '<1B> unique f' is already in "));
  const std::string rpc =
      "[[rpc_interface]]\nuuid='367abb81-9844-35f1-ad32-98f038001003'\nversion='2.0'\nname='n'\n"
      "os='linux'\nservices=['a']\ncertainty='inferred'\n";
  EXPECT_THAT(complaint(rpc + rpc),
              HasSubstr("rpc_interface '367abb81-9844-35f1-ad32-98f038001003 2.0 a' is already"));
}

TEST(Grouping, AServiceMayHaveSeveralGroups) {
  const Knowledge kb = mini();
  const auto groups = kb.groups_of("movable", Os::winxp);
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_NE(groups[0], groups[1]);
  EXPECT_THAT(kb.groups_of("Movable", Os::win10), SizeIs(1));
  EXPECT_THAT(kb.groups_of("srv", Os::winxp), SizeIs(1)) << "by alias";
  EXPECT_THAT(kb.groups_of("nobody", Os::winxp), IsEmpty());
}

TEST(NeverWith, ACloserSaysItByItselfOrThroughItsServices) {
  const Knowledge kb = mini();
  const CloserFact& smb = *kb.closer("smb_device_disable");
  EXPECT_EQ(forbidding(smb, {"Name-Lookup", "other"}, kb), "name-lookup");
  EXPECT_FALSE(forbidden(smb, {"file-sharing-server"}, kb));
  const CloserFact& discovery = *kb.closer("discovery_off");
  EXPECT_EQ(forbidding(discovery, {"file-sharing-server"}, kb), "file-sharing-server");
  EXPECT_FALSE(forbidden(discovery, {}, kb));
  EXPECT_EQ(forbidding(*kb.service("DiscoverySvc"), {"file-sharing-server"}),
            "file-sharing-server");
}

TEST(Names, TheIdOfAServiceByAnyOfItsNames) {
  const Knowledge kb = mini();
  EXPECT_EQ(kb.service_id("SRV"), "LanmanServer");
  EXPECT_EQ(kb.service_id("lanmanserver"), "LanmanServer");
  EXPECT_EQ(kb.service_id("NotThere"), "NotThere");
}

TEST(BuiltinNetwork, KnowsWellKnownInterfacesAndNames) {
  const Knowledge& kb = builtin();
  const auto spooler = kb.rpc_interfaces(kSpooler);
  ASSERT_THAT(spooler, SizeIs(2)) << "the spooler and, on XP and 2003, the IPsec agent";
  const auto rows = kb.rpc_interfaces("{367ABB81-9844-35F1-AD32-98F038001003}");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_THAT(rows[0].services, ElementsAre("SCM"));
  EXPECT_GT(kb.netbios_suffixes(0x1C).size(), 1U);
  EXPECT_EQ(kb.registered(Protocol::tcp, 8009)->name, "nvme-disc");
  EXPECT_TRUE(std::is_sorted(kb.rpc.begin(), kb.rpc.end(),
                             [](const auto& a, const auto& b) { return a.uuid < b.uuid; }));
}

TEST(BuiltinNetwork, SaysWhatNeverToDoOnADomainController) {
  const Knowledge& kb = builtin();
  for (const std::string_view id : {"server_disable", "w32time_disable", "lsass_rpc_fw"}) {
    ASSERT_NE(kb.closer(id), nullptr) << id;
    EXPECT_TRUE(forbidden(*kb.closer(id), {"domain-controller"}, kb)) << id;
    EXPECT_FALSE(forbidden(*kb.closer(id), {"web-server"}, kb)) << id;
  }
}

}  // namespace
}  // namespace deadlight::knowledge
