// Lists which process has which socket open, in one pass over all tasks: a BPF iterator over tasks
// (kernel's Documentation/bpf/bpf_iterators.rst, Linux 5.8) that looks through each one's table of
// descriptors. bpf_loop() and relocation by the kernel itself take Linux 5.17; DIRECT_LOADS, which
// halves the time, Linux 6.2. Read by bpf_holders.cpp; the two structs below stand there as well.
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

enum bpf_map_type { BPF_MAP_TYPE_ARRAY = 2 };
#define BPF_F_MMAPABLE (1U << 10)

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

// Of the kernel's structs only what is read: the kernel puts in where it really stands.
#define CORE __attribute__((preserve_access_index))
struct inode {
  unsigned short i_mode;
  unsigned long i_ino;
} CORE;
struct file {
  struct inode *f_inode;
} CORE;
struct fdtable {
  unsigned int max_fds;
  struct file **fd;
} CORE;
struct files_struct {
  struct fdtable *fdt;
} CORE;
struct upid {
  int nr;
} CORE;
struct pid {
  unsigned int level;
  struct upid numbers[1];
} CORE;
struct signal_struct {
  struct pid *pids[4];
} CORE;
struct kernfs_node {
  __u64 id;
} CORE;
struct cgroup {
  struct kernfs_node *kn;
} CORE;
struct css_set {
  struct cgroup *dfl_cgrp;
} CORE;
struct task_struct {
  int pid;
  int tgid;
  struct task_struct *group_leader;
  struct files_struct *files;
  struct signal_struct *signal;
  struct pid *thread_pid;
  struct css_set *cgroups;
  char comm[16];
} CORE;
struct seq_file;
struct bpf_iter_meta {
  struct seq_file *seq;
} CORE;
struct bpf_iter__task {
  struct bpf_iter_meta *meta;
  struct task_struct *task;
} CORE;

struct holding {
  __u32 inode;
  __u32 pid;
};
struct process {
  __u64 cgroup;
  __u32 pid;
  __u32 unused;
  char comm[16];
};

// The program that loads this one sets how many entries they have.
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct holding);
} holdings SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct process);
} processes SEC(".maps");

// One reader at a time drives the iterator, so plain counters do. They are what it reads at the end.
struct counts {
  __u32 holdings;
  __u32 processes;
  __u32 full;
} counts;

enum { S_IFMT = 0170000, S_IFSOCK = 0140000, PIDTYPE_TGID = 1 };

#ifdef DIRECT_LOADS
extern void *bpf_rdonly_cast(void *object, __u32 btf_id) __ksym;

static __always_inline __u32 socket_inode(struct file *raw) {
  struct file *file = bpf_rdonly_cast(raw, bpf_core_type_id_kernel(struct file));
  struct inode *inode = file->f_inode;
  return (inode->i_mode & S_IFMT) == S_IFSOCK ? inode->i_ino : 0;
}
#else
static __always_inline __u32 socket_inode(struct file *file) {
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFSOCK ? BPF_CORE_READ(inode, i_ino) : 0;
}
#endif

struct look {
  struct file **descriptors;
  __u32 pid;
};

static long look_at(__u32 index, struct look *look) {
  struct file *file = 0;
  if (bpf_probe_read_kernel(&file, sizeof file, look->descriptors + index) || !file) return 0;
  const __u32 inode = socket_inode(file);
  if (!inode) return 0;
  const __u32 at = counts.holdings;
  struct holding *holding = bpf_map_lookup_elem(&holdings, &at);
  if (!holding) {
    counts.full = 1;
    return 1;
  }
  holding->inode = inode;
  holding->pid = look->pid;
  counts.holdings = at + 1;
  return 0;
}

// The number of a task's process as the reader's own PID namespace has it.
static __always_inline __u32 number_of(struct task_struct *task) {
  struct task_struct *reader = (void *)bpf_get_current_task();
  const __u32 level = BPF_CORE_READ(reader, thread_pid, level);
  struct pid *pid = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
  __s32 number = 0;
  bpf_probe_read_kernel(&number, sizeof number,
                        (void *)pid + bpf_core_field_offset(struct pid, numbers) +
                            level * bpf_core_type_size(struct upid) +
                            bpf_core_field_offset(struct upid, nr));
  return number;
}

SEC("iter/task") int list_holders(struct bpf_iter__task *context) {
  struct task_struct *task = context->task;
  if (!task) {
    bpf_seq_write(context->meta->seq, &counts, sizeof counts);
    return 0;
  }
  struct files_struct *files = BPF_CORE_READ(task, files);
  if (!files) return 0;
  // Threads share their process's table, but for those that asked for one of their own.
  if (task->pid != task->tgid && files == BPF_CORE_READ(task, group_leader, files)) return 0;
  struct fdtable *table = BPF_CORE_READ(files, fdt);
  struct look look = {BPF_CORE_READ(table, fd), number_of(task)};
  const __u32 before = counts.holdings;
  bpf_loop(BPF_CORE_READ(table, max_fds), look_at, &look, 0);
  if (counts.holdings == before) return 0;
  const __u32 at = counts.processes;
  struct process *process = bpf_map_lookup_elem(&processes, &at);
  if (!process) {
    counts.full = 1;
    return 0;
  }
  process->pid = look.pid;
  process->cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
  bpf_core_read(process->comm, sizeof process->comm, &task->comm);
  counts.processes = at + 1;
  return 0;
}

// The kernel's helpers are for programs under the GPL: this file may be used under the GNU General
// Public License, version 2, as well as under the project's own licence.
char LICENSE[] SEC("license") = "GPL";
