#include <fmt/format.h>

#include "truth/printers.h"

namespace deadlight::truth {
namespace {

int start_number(StartType start) {
  return static_cast<int>(start) - static_cast<int>(StartType::boot);
}

std::string_view start_word(StartType start) {
  switch (start) {
    case StartType::boot:
      return "BOOT_START";
    case StartType::system:
      return "SYSTEM_START";
    case StartType::automatic:
      return "AUTO_START";
    case StartType::manual:
      return "DEMAND_START";
    default:
      return "DISABLED";
  }
}

}  // namespace

void print_sc_queryex(const TrueHost& host, Dice&, Page& page) {
  for (const TrueService& service : host.services) {
    if (service.driver) continue;
    Service fact;
    fact.name = service.name;
    fact.title = service.title;
    fact.state = service.running ? ServiceState::running : ServiceState::stopped;
    if (service.pid != 0) fact.pid = service.pid;
    page.text("");
    page.row("SERVICE_NAME: " + service.name, std::move(fact));
    page.more("DISPLAY_NAME: " + service.title);
    page.more("        TYPE               : 20  WIN32_SHARE_PROCESS ");
    page.more(service.running ? "        STATE              : 4  RUNNING "
                              : "        STATE              : 1  STOPPED ");
    page.more(
        service.running
            ? "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"
            : "                                (NOT_STOPPABLE,NOT_PAUSABLE,IGNORES_SHUTDOWN)");
    page.more("        WIN32_EXIT_CODE    : 0  (0x0)");
    page.more("        SERVICE_EXIT_CODE  : 0  (0x0)");
    page.more("        CHECKPOINT         : 0x0");
    page.more("        WAIT_HINT          : 0x0");
    page.more(fmt::format("        PID                : {}", service.pid));
    page.more("        FLAGS              : ");
  }
}

void print_sc_qc(const TrueHost& host, Dice&, Page& page) {
  for (const TrueService& service : host.services) {
    Service fact;
    fact.name = service.name;
    fact.start = service.start;
    fact.command = service.command;
    page.text("[SC] QueryServiceConfig SUCCESS");
    page.text("");
    page.row("SERVICE_NAME: " + service.name, std::move(fact));
    page.more("        TYPE               : 20  WIN32_SHARE_PROCESS ");
    page.more(fmt::format("        START_TYPE         : {}   {}", start_number(service.start),
                          start_word(service.start)));
    page.more("        ERROR_CONTROL      : 1   NORMAL");
    page.more("        BINARY_PATH_NAME   : " + service.command);
    page.more("        LOAD_ORDER_GROUP   : ");
    page.more("        TAG                : 0");
    page.more("        DISPLAY_NAME       : " + service.title);
    page.more("        DEPENDENCIES       : ");
    page.more("        SERVICE_START_NAME : LocalSystem");
    page.text("");
  }
}

void print_reg_services(const TrueHost& host, Dice&, Page& page) {
  page.text(host.os == Os::winnt4 ? "REGEDIT4" : "Windows Registry Editor Version 5.00");
  page.text("");
  for (const TrueService& service : host.services) {
    Service fact;
    fact.name = service.name;
    fact.start = service.start;
    page.row(
        fmt::format("[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\{}]", service.name),
        std::move(fact));
    page.more(fmt::format("\"Start\"=dword:{:08x}", start_number(service.start)));
    page.more("\"Type\"=dword:00000020");
    page.text("");
  }
}

void print_reg_query(const TrueHost& host, Dice&, Page& page) {
  const bool modern = is_modern_windows(host.os);
  if (!modern) page.text("! REG.EXE VERSION 3.0");
  for (const TrueService& service : host.services) {
    Service fact;
    fact.name = service.name;
    fact.start = service.start;
    page.text("");
    page.row(
        fmt::format("HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\{}", service.name),
        std::move(fact));
    page.more(fmt::format("    Start{0}REG_DWORD{0}0x{1:x}", modern ? "    " : "\t",
                          start_number(service.start)));
    page.more(fmt::format("    Type{0}REG_DWORD{0}0x20", modern ? "    " : "\t"));
  }
}

}  // namespace deadlight::truth
