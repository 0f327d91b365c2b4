#include "evidence/netstat_state.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

struct StateName {
  std::string_view name;
  State state;
};
constexpr std::array<StateName, 65> kStates = {{
    {"LISTENING", State::listening},
    {"ESTABLISHED", State::established},
    {"TIME_WAIT", State::time_wait},
    {"CLOSE_WAIT", State::close_wait},
    {"LISTEN", State::listening},
    {"SYN_SENT", State::syn_sent},
    {"SYN_RECEIVED", State::syn_received},
    {"SYN_RCVD", State::syn_received},
    {"SYN_RECV", State::syn_received},
    {"FIN_WAIT_1", State::fin_wait_1},
    {"FIN_WAIT_2", State::fin_wait_2},
    {"FIN_WAIT1", State::fin_wait_1},
    {"FIN_WAIT2", State::fin_wait_2},
    {"CLOSING", State::closing},
    {"LAST_ACK", State::last_ack},
    {"CLOSED", State::closed},
    {"CLOSE", State::closed},
    {"ESTAB", State::established},
    {"DELETE_TCB", State::closed},
    // Bound, but it does not listen: not an open port.
    {"BOUND", State::closed},
    {"TIMED_WAIT", State::time_wait},
    {"TIME-WAIT", State::time_wait},
    {"CLOSE-WAIT", State::close_wait},
    // German, also as typed without umlauts
    {"ABHÖREN", State::listening},
    {"ABHÖRE", State::listening},
    {"ABHOEREN", State::listening},
    {"HERGESTELLT", State::established},
    {"WARTEND", State::time_wait},
    {"SCHLIESSEN_WARTEN", State::close_wait},
    {"SYN_GESENDET", State::syn_sent},
    {"SYN_EMPFANGEN", State::syn_received},
    {"FIN_WARTEN_1", State::fin_wait_1},
    {"FIN_WARTEN_2", State::fin_wait_2},
    {"LETZTE_BEST", State::last_ack},
    {"LETZTES_ACK", State::last_ack},
    {"GESCHLOSSEN", State::closed},
    {"GEBUNDEN", State::closed},
    {"VERBUNDEN", State::established},
    // French
    {"ÉTABLIE", State::established},
    {"ETABLIE", State::established},
    {"ÉCOUTE", State::listening},
    // Spanish, Portuguese
    {"ESCUCHAR", State::listening},
    {"ESCUCHANDO", State::listening},
    {"ESTABLECIDO", State::established},
    {"ESTABLECIDA", State::established},
    {"ESTABELECIDA", State::established},
    {"ESTABELECIDO", State::established},
    // Polish
    {"NASŁUCHIWANIE", State::listening},
    {"USTANOWIONO", State::established},
    {"POŁĄCZONO", State::established},
    {"CZAS_OCZEKIWANIA", State::time_wait},
    // Czech
    {"NASLOUCHÁNÍ", State::listening},
    {"NASLOUCHÁ", State::listening},
    {"SPOJENO", State::established},
    {"ZAVŘEN", State::closed},
    {"ZAVÍRÁ", State::closing},
    // Portuguese of net-tools
    {"OUÇA", State::listening},
    {"ESPERANDO_FECHAR", State::close_wait},
    {"ESPERA_FIN1", State::fin_wait_1},
    {"ESPERA_FIN2", State::fin_wait_2},
    {"FECHANDO", State::closing},
    {"FECHAR", State::closed},
    {"ÚLTIMO_ACK", State::last_ack},
    {"SYN_ENVIADO", State::syn_sent},
    {"SYN_RECEBIDO", State::syn_received},
}};

}  // namespace

std::optional<State> find_state(std::string_view word) {
  const auto* found = std::find_if(kStates.begin(), kStates.end(), [word](const StateName& row) {
    return iequals(row.name, word);
  });
  if (found == kStates.end()) return std::nullopt;
  return found->state;
}

}  // namespace deadlight::evidence
