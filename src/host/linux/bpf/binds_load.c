/* C, as holders_load.c and for the same reason. */
#include "host/linux/bpf/binds_load.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "binds.lskel.h"

static int link_program(int program, int cgroup, enum bpf_attach_type type) {
  union bpf_attr request;
  memset(&request, 0, sizeof request);
  request.link_create.prog_fd = program;
  request.link_create.target_fd = cgroup;
  request.link_create.attach_type = type;
  return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &request, sizeof request);
}

static int attach(const struct binds *skeleton, int cgroup, int *links) {
  const struct {
    int program;
    enum bpf_attach_type type;
  } all[deadlight_bind_programs] = {
      {skeleton->progs.listening.prog_fd, BPF_CGROUP_SOCK_OPS},
      {skeleton->progs.bound_v4.prog_fd, BPF_CGROUP_INET4_POST_BIND},
      {skeleton->progs.bound_v6.prog_fd, BPF_CGROUP_INET6_POST_BIND},
      {skeleton->progs.released.prog_fd, BPF_CGROUP_INET_SOCK_RELEASE},
  };
  for (int i = 0; i < deadlight_bind_programs; ++i) {
    links[i] = link_program(all[i].program, cgroup, all[i].type);
    if (links[i] >= 0) continue;
    const int error = errno;
    while (i-- > 0) close(links[i]);
    return -error;
  }
  return 0;
}

int deadlight_load_binds(int cgroup, struct deadlight_binds *loaded) {
  memset(loaded, -1, sizeof *loaded);
  struct binds *skeleton = binds__open();
  if (!skeleton) return -ENOMEM;
  int links[deadlight_bind_programs];
  int error = binds__load(skeleton);
  if (!error) error = attach(skeleton, cgroup, links);
  if (!error) {
    memcpy(loaded->links, links, sizeof links);
    loaded->ring = skeleton->maps.events.map_fd;
    skeleton->maps.events.map_fd = 0; /* what the caller got is not destroyed with the skeleton */
  }
  binds__destroy(skeleton);
  return error;
}
