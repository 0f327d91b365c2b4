#include "base/ip.h"

#include <gtest/gtest.h>

namespace deadlight {
namespace {

struct TextCase {
  const char* text;
  const char* canonical;  ///< nullptr: no address
};

const TextCase kTexts[] = {
    {"10.0.0.3", "10.0.0.3"},
    {"255.255.255.255", "255.255.255.255"},
    {"::", "::"},
    {"0:0:0:0:0:0:0:1", "::1"},
    {"FE80::0001%12", "fe80::1%12"},
    {"0.0.0.0%eth0", "0.0.0.0%eth0"},
    {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {"10.0.0", nullptr},
    {"10.0.0.256", nullptr},
    {"10.0.0.03", nullptr},
    {"10.0.0.3%", nullptr},
    {"[::1]", nullptr},
    {"", nullptr},
    {":", nullptr},
    {"1::2::3", nullptr},
};

TEST(IpAddress, TextIsReadAndWrittenInOneForm) {
  for (const TextCase& row : kTexts) {
    const auto address = parse_ip(row.text);
    ASSERT_EQ(address.has_value(), row.canonical != nullptr) << row.text;
    if (address) {
      EXPECT_EQ(address->text(), row.canonical);
    }
  }
}

TEST(IpAddress, AVeryLongTextIsNoAddress) {
  EXPECT_FALSE(parse_ip(std::string(100'000, '1')));
  EXPECT_FALSE(parse_ip(std::string(100'000, ':')));
}

TEST(IpAddress, KnowsItsScope) {
  EXPECT_TRUE(parse_ip("0.0.0.0")->is_any());
  EXPECT_TRUE(parse_ip("::")->is_any());
  EXPECT_FALSE(parse_ip("0.0.0.1")->is_any());
  EXPECT_TRUE(parse_ip("127.8.9.1")->is_loopback());
  EXPECT_TRUE(parse_ip("::1")->is_loopback());
  EXPECT_TRUE(parse_ip("::ffff:127.0.0.1")->is_loopback());
  EXPECT_FALSE(parse_ip("::ffff:10.0.0.1")->is_loopback());
  EXPECT_TRUE(parse_ip("169.254.1.1")->is_link_local());
  EXPECT_TRUE(parse_ip("febf::1")->is_link_local());
  EXPECT_FALSE(parse_ip("fec0::1")->is_link_local());
  EXPECT_TRUE(parse_ip("239.255.255.250")->is_multicast());
  EXPECT_TRUE(parse_ip("ff02::c")->is_multicast());
  EXPECT_FALSE(parse_ip("223.1.1.1")->is_multicast());
}

}  // namespace
}  // namespace deadlight
