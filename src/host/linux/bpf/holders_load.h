#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Descriptors of a loaded holders.bpf.c; -1 for none. All are the caller's to close. */
struct deadlight_holders {
  int link;
  int holdings;
  int processes;
};

/* Loads and attaches it, with room for so many entries. `direct`: the fast form, Linux 6.2. Returns
   0, or a negated errno with all descriptors -1. */
int deadlight_load_holders(int direct, uint32_t holdings, uint32_t processes,
                           struct deadlight_holders* loaded);

#ifdef __cplusplus
}
#endif
