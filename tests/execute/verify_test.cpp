#include "execute/verify.h"

#include <gmock/gmock.h>

#include "execute/fake_file.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
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

class VerifyThings : public testing::Test {
 protected:
  VerifyThings() {
    set_up(host_);
    const auto report = Executor(host_, journal_, {}).carry_out(sample_info(), sample_steps());
    EXPECT_TRUE(report && report->clean());
  }
  Altered look() { return altered_since(journal_.history().runs().front(), host_); }

  Fuse fuse_;
  Disk disk_;
  FakeHost host_{fuse_};
  Journal journal_ = open_on(disk_, fuse_);
};

TEST_F(VerifyThings, NothingIsAlteredWhereNobodyDid) {
  EXPECT_THAT(look().things, IsEmpty());
  EXPECT_THAT(look().unseen, IsEmpty());
}

TEST_F(VerifyThings, ADeletedTableAndAUnitThatRunsAgainAreNamed) {
  host_.put(Thing::table, "inet deadlight", {});
  host_.run("nfs.service");
  EXPECT_THAT(look().things, ElementsAre("nftables table inet deadlight", "unit nfs.service"));
}

TEST_F(VerifyThings, WhatCannotBeLookedAtIsSaid) {
  host_.unreadable.insert("inet deadlight");
  EXPECT_THAT(look().things, IsEmpty());
  EXPECT_THAT(look().unseen, testing::SizeIs(1));
}

TEST_F(VerifyThings, WhatWasTakenBackIsNotExpected) {
  ASSERT_TRUE(Executor(host_, journal_, {}).rollback({{1, {}}}, false));
  EXPECT_THAT(look().things, IsEmpty());
}

}  // namespace
}  // namespace deadlight::execute::test
