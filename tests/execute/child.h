#pragma once

#include <functional>
#include <string>

namespace deadlight::execute::test {

/// What `work` returns in a process of its own; "killed" if SIGKILL ended it. `work` must not use
/// the test framework. Ends the test program where no process can be made.
std::string in_child(const std::function<std::string()>& work);

/// A new empty folder below the system's folder for temporary files; removed with the value.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace deadlight::execute::test
