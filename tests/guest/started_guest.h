#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "guest.h"

namespace deadlight::test {

/// Every test that wants a guest skips with this reason; empty for none.
void no_guest_because(const std::string& reason);

/// Daemons that Debian lets listen on loopback only (CUPS, Exim, PostgreSQL) listen to everybody,
/// and for one more PID 1 waits for the first visitor (visit.socket, port 7777): all that a plan
/// can close. Before the first boot. False if the files are not as Debian 12 has them.
bool expose_daemons(Guest& guest);

/// A test with a guest of its own, up and with the program in it.
class WithGuest : public testing::Test {
 protected:
  void SetUp() override;
  /// Before the first boot.
  virtual void prepare(Guest&) {}

  Guest& guest() { return *guest_; }
  /// `deadlight ARGUMENTS` in the guest.
  Said deadlight(const std::string& arguments) { return guest_->run("deadlight " + arguments); }
  /// Makes a plan for a public web server that keeps SSH as well, as /root/plan.json.
  Said make_plan(const std::string& keep = "22/tcp");

 private:
  std::unique_ptr<Guest> guest_;
};

}  // namespace deadlight::test
