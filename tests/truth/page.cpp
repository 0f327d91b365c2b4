#include "truth/page.h"

#include <fmt/format.h>

namespace deadlight::truth {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string fact_text(const Fact& fact) {
  if (const auto* endpoint = std::get_if<Endpoint>(&fact)) {
    std::string text = endpoint_text(*endpoint);
    if (endpoint->remote) text += " -> " + socket_text(*endpoint->remote, endpoint->remote_port);
    text += fmt::format(" {}", state_id(endpoint->state));
    if (endpoint->pid) text += fmt::format(" PID {}", *endpoint->pid);
    return text + " " + endpoint->process.str();
  }
  if (const auto* process = std::get_if<Process>(&fact)) {
    return fmt::format("process {} {} ({})", process->pid, process->image,
                       fmt::join(process->services, ","));
  }
  const Service& service = std::get<Service>(fact);
  return fmt::format("service {} {} PID {}", service.name, service_state_id(service.state),
                     service.pid.value_or(0));
}

std::size_t letters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += continues(c) ? 0 : 1;
  return count;
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t size = letters(text);
  return std::string(text) + std::string(size < width ? width - size : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t size = letters(text);
  return std::string(size < width ? width - size : 0, ' ') + std::string(text);
}

std::string cut(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!continues(text[at]) && count-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

std::string socket_of(std::string_view address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string_view::npos;
  return v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

Endpoint fact_of(const TrueSocket& socket) {
  Endpoint fact;
  fact.protocol = socket.protocol;
  fact.local = make_address(socket.local);
  fact.port = socket.port;
  fact.state = socket.state;
  if (!socket.remote.empty()) {
    fact.remote = make_address(socket.remote);
    fact.remote_port = socket.remote_port;
  }
  return fact;
}

}  // namespace deadlight::truth
