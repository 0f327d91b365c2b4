#include "harness_sock_diag.h"

#include <span>

#include "base/assert.h"
#include "host/linux/diag_message.h"

namespace {

using namespace deadlight;
using namespace deadlight::linux_host;

constexpr std::uint32_t kSequence = 1;
constexpr std::size_t kMessageBytesMin = 16;  // the header alone

}  // namespace

void fuzz_sock_diag(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return;
  constexpr auto kKinds = static_cast<std::uint8_t>(DiagKind::packet) + 1;
  const auto kind = static_cast<DiagKind>(data[0] % kKinds);
  DiagRows rows;
  const std::span<const std::uint8_t> datagram(data + 1, size - 1);
  const DiagPart part = read_diag(std::as_bytes(datagram), kind, kSequence, rows);
  const std::size_t read = rows.sockets.size() + rows.others.size() + part.damaged;
  DEADLIGHT_ASSERT(read <= size / kMessageBytesMin + 1);
  DEADLIGHT_ASSERT(part.error == 0 || part.done);
  for (const KernelOther& other : rows.others) {
    DEADLIGHT_ASSERT(!other.row.family.empty() && !other.row.local.empty());
    DEADLIGHT_ASSERT(other.row.local.find('\n') == std::string::npos);
  }
  for (const KernelSocket& socket : rows.sockets) {
    DEADLIGHT_ASSERT(parse_state(state_id(socket.state)) == socket.state);
  }
}
