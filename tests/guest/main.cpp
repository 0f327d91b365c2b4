#include <gtest/gtest.h>

#include "sandbox.h"
#include "started_guest.h"

int main(int argc, char** argv) {
  deadlight::test::no_guest_because(deadlight::test::enter_sandbox(argc, argv));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
