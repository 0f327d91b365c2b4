// What tells one system from another, as the readers of evidence get it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/folder.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {
namespace {

const OsSign* sign_of(const std::vector<OsSign>& signs, OsSign::Kind kind, std::string_view name) {
  for (const OsSign& sign : signs) {
    if (sign.kind == kind && sign.name == name) return &sign;
  }
  return nullptr;
}

TEST(OsSigns, AnEditionLeavesSomeOfTheSystems) {
  const Result<Loaded> loaded = load(DEADLIGHT_TEST_DATA "/knowledge/mini", Knowledge{});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const std::vector<OsSign> signs = loaded->knowledge.signs();
  ASSERT_EQ(signs.size(), 4U);
  const auto possible = [&](OsSign::Kind kind, std::string_view name) {
    const OsSign* sign = sign_of(signs, kind, name);
    return sign == nullptr ? OsSet() : sign->possible;
  };
  EXPECT_EQ(possible(OsSign::Kind::image, "Start Process.exe"),
            OsSet::range(Os::vista, Os::server2025));
  EXPECT_EQ(possible(OsSign::Kind::service, "Guard"),
            OsSet::of(Os::winxp, Os::vista, Os::win7, Os::win8, Os::win10));
  EXPECT_EQ(possible(OsSign::Kind::service, "Directory"), kServerSystems);
  EXPECT_EQ(possible(OsSign::Kind::image, "init"), OsSet::of(Os::linux));
}

TEST(OsSigns, AnOverlayReplacesTheRowOfThatId) {
  const Folder folder;
  folder.write("a.toml",
               "[[os_sign]]\nid='service-BFE'\nservice='BFE'\nos='winxp-'\ncertainty='inferred'\n"
               "sources=['unverified']\n");
  const Result<Loaded> loaded = load(folder.path(), builtin());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT(check(loaded->knowledge), testing::IsEmpty());
  const std::vector<OsSign> signs = loaded->knowledge.signs();
  EXPECT_EQ(signs.size(), builtin().signs().size());
  ASSERT_NE(sign_of(signs, OsSign::Kind::service, "BFE"), nullptr);
  EXPECT_EQ(sign_of(signs, OsSign::Kind::service, "BFE")->possible,
            OsSet::range(Os::winxp, Os::server2025));
}

TEST(OsSigns, TwoRowsWithOneIdAreAProblem) {
  const std::string row = "[[os_sign]]\nid='a'\nimage='a'\nos='linux'\ncertainty='inferred'\n";
  EXPECT_THAT(complaint(row + row), testing::HasSubstr("x.toml:6: os_sign 'a' is already in "));
  OsSignFact facts[2];
  facts[0].id = "a";
  facts[1].id = "A";
  Knowledge kb;
  kb.os_signs = facts;
  EXPECT_THAT(check(kb), testing::Contains("os_sign 'A': id is there twice; keep one of the rows"));
}

// A service is never a sign of systems only on which the base says that it is not there.
TEST(OsSigns, AServiceOfTheBaseIsThereOnOneOfThem) {
  for (const OsSignFact& row : builtin().os_signs) {
    const ServiceFact* service = builtin().service(row.service);
    if (row.service.empty() || service == nullptr) continue;
    EXPECT_FALSE((row.systems() & OsSet::of(service->os)).empty()) << row.id;
  }
}

}  // namespace
}  // namespace deadlight::knowledge
