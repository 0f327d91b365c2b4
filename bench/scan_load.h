#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

/// So many processes with so many sockets each, all on loopback.
struct Shape {
  const char* name;
  int processes;
  int listeners;   ///< of TCP, each process
  int pairs;       ///< connections to one of them, two sockets each
  bool own_units;  ///< each process in a unit of its own; else all in one

  int sockets() const { return processes * (listeners + 2 * pairs); }
};

/// Moves this process into PID and network namespaces of its own, with a table of connections of
/// its own, so that other work on the machine is not seen. Returns in the new init; the caller's
/// process waits and exits with its code. Prints why where it cannot.
void enter_own_namespaces();

/// The processes of a load. Ends them, and removes their cgroups, with the object.
class Load {
 public:
  /// Waits until every socket is there.
  explicit Load(const Shape& shape);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  bool ready() const { return ready_; }
  /// False where no unified hierarchy of cgroups may be written: then nothing has a unit.
  bool has_units() const { return !cgroups_.empty(); }

 private:
  std::string unit_folder(int process) const;
  void make_cgroups();

  Shape shape_;
  std::vector<pid_t> children_;
  std::vector<std::string> cgroups_;
  bool ready_ = false;
};
