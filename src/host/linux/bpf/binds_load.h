#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum { deadlight_bind_programs = 4 };

/* Descriptors of a loaded binds.bpf.c; -1 for none. All are the caller's to close: each link ends
   its program. */
struct deadlight_binds {
  int ring;
  int links[deadlight_bind_programs];
};

/* Loads it and attaches it to `cgroup`, beside what is attached there. Returns 0, or a negated
   errno with all descriptors -1. */
int deadlight_load_binds(int cgroup, struct deadlight_binds* loaded);

#ifdef __cplusplus
}
#endif
