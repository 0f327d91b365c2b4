#include "execute/session_guard.h"

#include <gmock/gmock.h>

namespace deadlight::execute {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Snapshot host_with_ssh_session() {
  Endpoint session;
  session.local = make_address("10.0.0.3");
  session.port = 22;
  session.remote = make_address("10.0.0.9");
  session.remote_port = 50222;
  session.state = deadlight::State::established;
  session.pid = 812;
  session.process = "sshd";
  Endpoint other = session;
  other.remote = make_address("10.0.0.77");
  other.pid = 900;
  Endpoint local = session;
  local.local = make_address("127.0.0.1");
  local.remote = make_address("127.0.0.1");
  Snapshot snapshot;
  snapshot.endpoints = {session, other, local};
  return snapshot;
}

TEST(SessionGuard, FindsTheConnectionOfAnAncestor) {
  const auto sessions = remote_sessions(host_with_ssh_session(), {{1500, 1400, 812}, {}});
  ASSERT_THAT(sessions, SizeIs(1));
  EXPECT_THAT(sessions[0].because, HasSubstr("sshd (812)"));
}

TEST(SessionGuard, FindsTheConnectionThatSshNames) {
  const auto sessions =
      remote_sessions(host_with_ssh_session(), {{1500}, "10.0.0.9 50222 10.0.0.3 22"});
  ASSERT_THAT(sessions, SizeIs(1));
  EXPECT_EQ(sessions[0].because, "SSH_CONNECTION names it");
}

TEST(SessionGuard, AStrangersSessionAndAWrongVariableAreNone) {
  EXPECT_THAT(remote_sessions(host_with_ssh_session(), {{1500}, {}}), IsEmpty());
  EXPECT_THAT(remote_sessions(host_with_ssh_session(), {{1500}, "10.0.0.9 22"}), IsEmpty());
}

TEST(SessionGuard, NamesTheListenerThatCarriesTheSession) {
  const auto sessions = remote_sessions(host_with_ssh_session(), {{812}, {}});
  EXPECT_THAT(cut_sessions(sessions, {"tcp 0.0.0.0:80", "tcp 0.0.0.0:22", "udp 0.0.0.0:22"}),
              ElementsAre(HasSubstr("tcp 0.0.0.0:22 carries your session from 10.0.0.9:50222")));
  EXPECT_THAT(cut_sessions(sessions, {"tcp [::]:22", "tcp 10.0.0.3:22"}), SizeIs(2));
  EXPECT_THAT(cut_sessions(sessions, {"tcp 127.0.0.1:22", "tcp 0.0.0.0:2222"}), IsEmpty());
}

}  // namespace
}  // namespace deadlight::execute
