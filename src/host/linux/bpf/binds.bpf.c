// Wakes who reads the ring whenever a socket begins or ends to be reachable: programs of the root
// cgroup at listen() (BPF_SOCK_OPS_TCP_LISTEN_CB, Linux 4.19), behind bind() (Linux 4.17) and at the
// release of sockets (Linux 5.9); ring buffers take Linux 5.8. They say only that something happened;
// the tables of sockets say what. Loaded by binds_load.c.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

enum { SOCK_DGRAM = 2 };

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

// A full ring has woken its reader already.
static __always_inline void tell(void) {
  const __u32 event = 0;
  bpf_ringbuf_output(&events, (void *)&event, sizeof event, 0);
}

// What these return lets the kernel go on as it would without them.
enum { GO_ON = 1 };

SEC("sockops") int listening(struct bpf_sock_ops *operation) {
  if (operation->op == BPF_SOCK_OPS_TCP_LISTEN_CB) tell();
  return GO_ON;
}

// A stream's bind() opens nothing yet.
static __always_inline int tell_of_datagrams(const struct bpf_sock *socket) {
  if (socket->type == SOCK_DGRAM) tell();
  return GO_ON;
}
SEC("cgroup/post_bind4") int bound_v4(struct bpf_sock *socket) { return tell_of_datagrams(socket); }
SEC("cgroup/post_bind6") int bound_v6(struct bpf_sock *socket) { return tell_of_datagrams(socket); }

// Clients' sockets are connected, and come and go all the time.
SEC("cgroup/sock_release") int released(struct bpf_sock *socket) {
  const int listener = socket->state == BPF_TCP_LISTEN;
  if (listener || (socket->type == SOCK_DGRAM && socket->dst_port == 0)) tell();
  return GO_ON;
}

// The kernel's helpers are for programs under the GPL: this file may be used under the GNU General
// Public License, version 2, as well as under the project's own licence.
char LICENSE[] SEC("license") = "GPL";
