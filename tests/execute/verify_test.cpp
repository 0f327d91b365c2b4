#include "execute/verify.h"

#include <gmock/gmock.h>

namespace deadlight::execute {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Expectations kExpected = {{"tcp 0.0.0.0:111", "tcp 0.0.0.0:631"}, {"tcp 0.0.0.0:22"}, false};

TEST(Verify, AllAsPlanned) {
  const Verified verified = verify(kExpected, {"tcp 0.0.0.0:22"});
  EXPECT_TRUE(verified.as_planned());
  EXPECT_THAT(verified.closed, ElementsAre("tcp 0.0.0.0:111", "tcp 0.0.0.0:631"));
  EXPECT_THAT(verified.kept, ElementsAre("tcp 0.0.0.0:22"));
  EXPECT_THAT(verified.appeared, IsEmpty());
}

TEST(Verify, WhatIsOpenAgainLostOrNew) {
  const Verified verified = verify(kExpected, {"tcp 0.0.0.0:111", "tcp 0.0.0.0:8080"});
  EXPECT_FALSE(verified.as_planned());
  EXPECT_THAT(verified.regressed, ElementsAre("tcp 0.0.0.0:111"));
  EXPECT_THAT(verified.lost, ElementsAre("tcp 0.0.0.0:22"));
  EXPECT_THAT(verified.appeared, ElementsAre("tcp 0.0.0.0:8080"));
}

}  // namespace
}  // namespace deadlight::execute
