#include <fmt/format.h>

#include "truth/language.h"
#include "truth/printers.h"

namespace deadlight::truth {
namespace {

struct Columns {
  bool pid = false;
  bool names = false;    ///< without -n
  bool owners = false;   ///< -b
  bool offload = false;  ///< -t
};

struct PortName {
  std::uint16_t port;
  std::string_view name;
};
// Of the file `services` that every Windows has.
constexpr PortName kPortNames[] = {{21, "ftp"},         {25, "smtp"},          {53, "domain"},
                                   {80, "http"},        {110, "pop3"},         {135, "epmap"},
                                   {137, "netbios-ns"}, {138, "netbios-dgm"},  {139, "netbios-ssn"},
                                   {443, "https"},      {445, "microsoft-ds"}, {500, "isakmp"},
                                   {1433, "ms-sql-s"},  {1434, "ms-sql-m"}};

std::string port_text(std::uint16_t port, bool names) {
  for (const PortName& known : kPortNames) {
    if (names && known.port == port) return std::string(known.name);
  }
  return std::to_string(port);
}

std::string_view english(State state) {
  switch (state) {
    case State::listening:
      return "LISTENING";
    case State::established:
      return "ESTABLISHED";
    case State::syn_sent:
      return "SYN_SENT";
    case State::syn_received:
      return "SYN_RECEIVED";
    case State::fin_wait_1:
      return "FIN_WAIT_1";
    case State::fin_wait_2:
      return "FIN_WAIT_2";
    case State::close_wait:
      return "CLOSE_WAIT";
    case State::closing:
      return "CLOSING";
    case State::last_ack:
      return "LAST_ACK";
    case State::time_wait:
      return "TIME_WAIT";
    default:
      return "";
  }
}

std::string_view state_text(const Language& language, State state) {
  if (language.listening.empty()) return english(state);
  switch (state) {
    case State::listening:
      return language.listening;
    case State::established:
      return language.established;
    case State::time_wait:
      return language.time_wait;
    case State::close_wait:
      return language.close_wait;
    default:
      return english(state);
  }
}

std::string address_text(std::string_view address, std::uint16_t port, const TrueHost& host,
                         bool names) {
  const bool v6 = address.find(':') != std::string_view::npos;
  if (!names) return socket_of(address, port);
  if (v6) return fmt::format("[{}]:{}", address, port_text(port, true));
  return fmt::format("{}:{}", host.name, port_text(port, true));
}

class NetstatPrinter {
 public:
  NetstatPrinter(const TrueHost& host, Columns columns, Page& page)
      : host_(host), columns_(columns), page_(page) {}

  void print() {
    const Language& language = *host_.language;
    page_.text("");
    page_.text(language.connections);
    page_.text("");
    std::string heading =
        fmt::format("  {}  {} {} {}", pad(language.proto, 5), pad(language.local, 22),
                    pad(language.foreign, 22), pad(language.state, 15));
    if (columns_.pid) heading += " PID";
    if (columns_.offload) heading += "      Offload State";
    page_.text(heading);
    if (columns_.offload) page_.text("");
    for (const TrueSocket& socket : host_.sockets) print_row(socket);
  }

 private:
  void print_row(const TrueSocket& socket) {
    const bool tcp = socket.protocol == Protocol::tcp;
    const bool v6 = socket.local.find(':') != std::string::npos;
    Endpoint fact = fact_of(socket);
    std::string foreign = tcp ? (v6 ? "[::]:0" : "0.0.0.0:0") : "*:*";
    if (!socket.remote.empty()) {
      foreign = socket_of(socket.remote, socket.remote_port);
      if (columns_.names) {
        foreign = fmt::format("{}:{}", socket.remote, port_text(socket.remote_port, true));
      }
    } else if (tcp && columns_.names) {
      foreign = host_.name + ":0";
    }
    if (columns_.names && !v6) fact.local = make_address(host_.name);
    std::string row =
        fmt::format("  {:<5}  {:<21}  {:<21}  ", tcp ? "TCP" : "UDP",
                    address_text(socket.local, socket.port, host_, columns_.names), foreign);
    const std::string_view state = tcp ? state_text(*host_.language, socket.state) : "";
    row += columns_.pid || columns_.offload ? pad(state, 15) : std::string(state);
    if (columns_.pid) {
      row += fmt::format(" {}", socket.pid);
      fact.pid = socket.pid;
    }
    if (columns_.offload) row += "        InHost      ";
    page_.row(row, std::move(fact));
    if (columns_.owners && socket.pid != 0) print_owner(socket);
  }

  void print_owner(const TrueSocket& socket) {
    const TrueProcess& process = *host_.process(socket.pid);
    auto& fact = std::get<Endpoint>(page_.facts.back());
    if (is_modern_windows(host_.os)) {
      if (process.path.empty()) return page_.more(" Can not obtain ownership information");
      if (socket.holders.size() == 1 && process.services.size() > 1) {
        page_.more("  " + socket.holders.front());
      }
    } else {
      print_modules(process);
    }
    page_.more(fmt::format("{}[{}]", is_modern_windows(host_.os) ? " " : "  ", process.image));
    fact.process = process.image;
    if (!is_modern_windows(host_.os)) page_.text("");
  }

  /// Windows XP names the libraries on the stack, the last of which is the program.
  void print_modules(const TrueProcess& process) {
    if (process.path.empty()) return;
    page_.more("  C:\\WINDOWS\\System32\\WS2_32.dll");
    page_.more("  " + process.path);
    page_.more("  -- unknown component(s) --");
  }

  const TrueHost& host_;
  Columns columns_;
  Page& page_;
};

}  // namespace

void print_netstat_an(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {}, page).print();
}
void print_netstat_a(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {false, true}, page).print();
}
void print_netstat_ano(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {true}, page).print();
}
void print_netstat_anob(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {true, false, true}, page).print();
}
void print_netstat_anb(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {!is_modern_windows(host.os), false, true}, page).print();
}
void print_netstat_anot(const TrueHost& host, Dice&, Page& page) {
  NetstatPrinter(host, {true, false, false, true}, page).print();
}

}  // namespace deadlight::truth
