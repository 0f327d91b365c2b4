#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/not_a_row.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sc, QueryexNamesStateAndProcess) {
  const Snapshot snapshot = read_text(data("evidence/sc-queryex.winxp.txt"));
  ASSERT_EQ(snapshot.services.size(), 4U);
  const Service* dns = snapshot.service("Dnscache");
  EXPECT_EQ(dns->title, "DNS Client");
  EXPECT_EQ(dns->state, ServiceState::running);
  EXPECT_EQ(dns->pid, 1112U);
  EXPECT_EQ(snapshot.service("Messenger")->state, ServiceState::stopped);
  EXPECT_FALSE(snapshot.service("Messenger")->pid);
  EXPECT_EQ(snapshot.service("NetBT")->state, ServiceState::running);
  EXPECT_FALSE(snapshot.service("NetBT")->pid);
  EXPECT_THAT(services(snapshot, 1160), ElementsAre("LmHosts"));
  EXPECT_FALSE(snapshot.process(1160)->services_known) << "sc may have been asked for a part";
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Sc, QcNamesStartTypeAndDependencies) {
  const Snapshot snapshot = read_text(data("evidence/sc-qc.win7.txt"));
  const Service* server = snapshot.service("LanmanServer");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->title, "Server");
  EXPECT_EQ(server->start, StartType::automatic);
  EXPECT_THAT(server->depends_on, ElementsAre("SamSS", "Srv"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("15: sc failed with error 1060: nothing is known of the service"));
}

TEST(Sc, IsReadWithCollapsedBlanks) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: W32Time\nTYPE : 20 WIN32_SHARE_PROCESS\n"
      "STATE : 3 STOP_PENDING\n(STOPPABLE)\nPID : 976\n");
  EXPECT_EQ(snapshot.service("w32time")->state, ServiceState::pending);
  EXPECT_EQ(snapshot.service("w32time")->pid, 976U);
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Sc, DamagedLinesAreNamed) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: A\n        STATE : RUNNING\n        PID : x\n\n"
      "SERVICE_NAME: B\n        START_TYPE : 9 WIBBLE\n\n"
      "SERVICE_NAME:\n"
      "Enum: more data, need 1822 bytes start resume at index 79\n"
      "\n\nSome text\n\n        STATE : 4 RUNNING\n");
  EXPECT_EQ(snapshot.services.size(), 2U);
  EXPECT_THAT(
      unread(snapshot),
      ElementsAre("2: 'RUNNING' is no state of a service", "3: 'x' is no process id of a service",
                  "6: '9 WIBBLE' is no start type of a service",
                  "8: the name of the service is missing",
                  "9: sc printed a part only; run it with 'bufsize= 100000'",
                  "14: the SERVICE_NAME that this line belongs to is missing"));
}

TEST(Sc, QcOfADriverNamesItsFile) {
  const Snapshot snapshot = read_text(R"([SC] GetServiceConfig SUCCESS

SERVICE_NAME: NetBT
        TYPE               : 1   KERNEL_DRIVER 
        START_TYPE         : 1   SYSTEM_START
        ERROR_CONTROL      : 1   NORMAL
        BINARY_PATH_NAME   : system32\DRIVERS\netbt.sys
        LOAD_ORDER_GROUP   : PNP_TDI
        TAG                : 6
        DISPLAY_NAME       : NetBios over Tcpip
        DEPENDENCIES       : Tcpip
        SERVICE_START_NAME :  
SERVICE_NAME: Tcpip
DISPLAY_NAME: TCP/IP Protocol Driver
        TYPE               : 1  KERNEL_DRIVER  
        STATE              : 4  RUNNING 
                                (STOPPABLE,NOT_PAUSABLE,IGNORES_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0
)");
  EXPECT_THAT(service_rows(snapshot),
              ElementsAre("NetBT 'NetBios over Tcpip' unknown system "
                          "[system32\\DRIVERS\\netbt.sys] <Tcpip>",
                          "Tcpip 'TCP/IP Protocol Driver' running unknown"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// Keys are translated; the type in the second line gives the block away.
TEST(Sc, IsReadInOtherLanguages) {
  const Snapshot russian = read_text(R"(C:\>sc queryex Dnscache

Имя_службы: Dnscache
        Тип                : 20  WIN32_SHARE_PROCESS
        Состояние          : 4  RUNNING
                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)
        Код_выхода_Win32   : 0  (0x0)
        Код_выхода_службы  : 0  (0x0)
        Контрольная_точка  : 0x0
        Ожидание           : 0x0
        ID_процесса        : 1112
        Флаги              :
)");
  EXPECT_THAT(service_rows(russian), ElementsAre("Dnscache '' running unknown 1112"));
  EXPECT_THAT(unread(russian), IsEmpty());
  const Snapshot italian = read_text(R"([SC] QueryServiceConfig OPERAZIONI RIUSCITE

NOME_SERVIZIO: Spooler
        TIPO               : 110  WIN32_OWN_PROCESS (interactive)
        TIPO_AVVIO         : 2   AUTO_START
        CONTROLLO_ERRORE   : 1   NORMAL
        NOME_PERCORSO_BINARIO : C:\Windows\System32\spoolsv.exe
        GRUPPO_ORDINE_CARICAMENTO : SpoolerGroup
        TAG                : 0
        NOME_VISUALIZZATO  : Spooler di stampa
        DIPENDENZE         : RPCSS
                           : http
        NOME_INIZIO_SERVIZIO : LocalSystem

NOME_SERVIZIO: Dhcp
NOME_VISUALIZZATO: Client DHCP
        TIPO               : 20  WIN32_SHARE_PROCESS
        STATO              : 1  STOPPED
        CODICE_USCITA_WIN32 : 1077  (0x435)
)");
  EXPECT_THAT(service_rows(italian),
              ElementsAre("Dhcp 'Client DHCP' stopped unknown",
                          "Spooler 'Spooler di stampa' unknown automatic "
                          "[C:\\Windows\\System32\\spoolsv.exe] <http, RPCSS>"));
  EXPECT_THAT(unread(italian), IsEmpty());
}

// A line of a translated block is lost: what follows is not where it should be.
TEST(Sc, ATranslatedBlockWithAHoleIsReadUpToIt) {
  const Snapshot snapshot = read_text(
      "\xD0\x98\xD0\xBC\xD1\x8F: Dnscache\n        A : 20  WIN32_SHARE_PROCESS\n"
      "        B : 4  RUNNING\n        C : 0  (0x0)\n        D : 0x0\n        E : 0x0\n"
      "        F : 1112\n        G : 7\n");
  EXPECT_THAT(service_rows(snapshot), ElementsAre("Dnscache '' running unknown"));
  EXPECT_THAT(unread(snapshot), ElementsAre(not_a_row(7), not_a_row(8)));
}

TEST(Sc, AFailureIsNamedInAnyLanguage) {
  const Snapshot snapshot =
      read_text("[SC] EnumQueryServicesStatus:OpenService FEHLER 1060:\n\nText\n");
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: sc failed with error 1060: nothing is known of the service"));
}

TEST(Sc, APromptAboveABlockIsNoService) {
  const Snapshot snapshot = read_text(R"(PS D:\> sc.exe start "Agent"

PS D:\> sc.exe query Agent
SERVICE_NAME: Agent
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING
)");
  EXPECT_THAT(service_rows(snapshot), ElementsAre("Agent '' running unknown"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
