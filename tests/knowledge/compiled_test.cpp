// Links the small base of tests/data/knowledge/mini as builtin(): what to_cpp() wrote, compiled.
#include <gtest/gtest.h>

#include "knowledge/folder.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {
namespace {

TEST(Compiled, EqualsWhatWasLoaded) {
  const Loaded loaded = load_mini();
  EXPECT_EQ(builtin().services.size(), loaded.knowledge.services.size());
  EXPECT_EQ(to_cpp(builtin()), to_cpp(loaded.knowledge));
}

TEST(Compiled, AwkwardTextsSurvive) {
  const Loaded loaded = load_mini();
  for (const ServiceFact& row : loaded.knowledge.services) {
    const ServiceFact* compiled = builtin().service(row.id);
    ASSERT_NE(compiled, nullptr) << row.id;
    EXPECT_EQ(compiled->title, row.title);
    EXPECT_EQ(compiled->breaks, row.breaks);
  }
  ASSERT_NE(builtin().source("handbook"), nullptr);
  EXPECT_EQ(builtin().source("handbook")->title, "The \"handbook\", 2nd edition — §7");
  EXPECT_EQ(builtin().service("srv")->title, "Server");
}

TEST(Compiled, ListsWithinRowsAreTheirs) {
  const Loaded loaded = load_mini();
  for (const CloserFact& row : loaded.knowledge.closers) {
    const CloserFact* compiled = builtin().closer(row.id);
    ASSERT_NE(compiled, nullptr) << row.id;
    ASSERT_EQ(compiled->changes.size(), row.changes.size());
    for (std::size_t i = 0; i < row.changes.size(); ++i) {
      EXPECT_EQ(compiled->changes[i].kind, row.changes[i].kind);
      EXPECT_EQ(compiled->changes[i].target, row.changes[i].target);
      EXPECT_EQ(compiled->changes[i].data, row.changes[i].data);
      EXPECT_EQ(compiled->changes[i].each_adapter, row.changes[i].each_adapter);
    }
    ASSERT_EQ(compiled->targets.size(), row.targets.size());
    for (std::size_t i = 0; i < row.targets.size(); ++i) {
      EXPECT_EQ(compiled->targets[i].feature, row.targets[i].feature);
      EXPECT_EQ(compiled->targets[i].all, row.targets[i].all);
      EXPECT_EQ(compiled->targets[i].port, row.targets[i].port);
    }
  }
  for (const FeatureFact& row : loaded.knowledge.features) {
    const FeatureFact* compiled = builtin().feature(row.id);
    ASSERT_NE(compiled, nullptr) << row.id;
    ASSERT_EQ(compiled->opens.size(), row.opens.size());
    for (std::size_t i = 0; i < row.opens.size(); ++i) {
      EXPECT_EQ(compiled->opens[i].port_last, row.opens[i].port_last);
      EXPECT_EQ(compiled->opens[i].os, row.opens[i].os);
      EXPECT_EQ(compiled->opens[i].bind, row.opens[i].bind);
      EXPECT_EQ(compiled->opens[i].holder, row.opens[i].holder);
      EXPECT_EQ(compiled->opens[i].held_by_rpc, row.opens[i].held_by_rpc);
      EXPECT_EQ(compiled->opens[i].released, row.opens[i].released);
    }
  }
}

TEST(Compiled, LooksUpAsLoadedRowsDo) {
  const Loaded loaded = load_mini();
  for (const ServiceFact& row : loaded.knowledge.services) {
    for (const Os os : all_os()) {
      EXPECT_EQ(builtin().image_of(*builtin().service(row.id), os),
                loaded.knowledge.image_of(row, os))
          << row.id << " on " << os_id(os);
    }
  }
  EXPECT_EQ(builtin().port(Protocol::tcp, 445)->exposure, "Never to the internet.");
  EXPECT_EQ(builtin().role("FILE-SERVER")->keep[0].why, "The web page.");
}

TEST(Compiled, AnEmptyBaseIsValidToo) {
  const std::string cpp = to_cpp(Knowledge{});
  EXPECT_NE(cpp.find("constexpr Knowledge kBuiltin{"), std::string::npos);
  EXPECT_EQ(cpp.find("[]"), std::string::npos) << "C++ has no empty arrays";
}

}  // namespace
}  // namespace deadlight::knowledge
