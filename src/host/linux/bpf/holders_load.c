/* C, because bpftool's light skeletons are. They need neither libbpf nor a parse of the kernel's
   types in this process: the kernel looks them up itself. */
#include "host/linux/bpf/holders_load.h"

#include <errno.h>
#include <linux/types.h>

struct counts {
  __u32 holdings;
  __u32 processes;
  __u32 full;
};

#define LOADER(form)                                                                            \
  static int load_##form(uint32_t holdings, uint32_t processes, struct deadlight_holders *to) { \
    struct holders_##form *skeleton = holders_##form##__open();                                 \
    if (!skeleton) return -ENOMEM;                                                              \
    skeleton->maps.holdings.max_entries = holdings;                                             \
    skeleton->maps.processes.max_entries = processes;                                           \
    int error = holders_##form##__load(skeleton);                                               \
    if (!error && holders_##form##__attach(skeleton) < 0) error = errno ? -errno : -EPERM;      \
    if (!error) {                                                                               \
      *to = (struct deadlight_holders){skeleton->links.list_holders_fd,                         \
                                       skeleton->maps.holdings.map_fd,                          \
                                       skeleton->maps.processes.map_fd};                        \
      /* What the caller got is not destroyed with the skeleton. */                             \
      skeleton->links.list_holders_fd = 0;                                                      \
      skeleton->maps.holdings.map_fd = 0;                                                       \
      skeleton->maps.processes.map_fd = 0;                                                      \
    }                                                                                           \
    holders_##form##__destroy(skeleton);                                                        \
    return error;                                                                               \
  }

#include "holders_direct.lskel.h"
#include "holders_plain.lskel.h"

LOADER(direct)
LOADER(plain)

int deadlight_load_holders(int direct, uint32_t holdings, uint32_t processes,
                           struct deadlight_holders *loaded) {
  *loaded = (struct deadlight_holders){-1, -1, -1};
  return direct ? load_direct(holdings, processes, loaded)
                : load_plain(holdings, processes, loaded);
}
