#include "host/calls/library.h"

#include <gtest/gtest.h>

namespace deadlight::linux_host {
namespace {

TEST(Library, FindsAFunction) {
  Library library("libc.so.6");
  const auto function = library.function<int (*)(int)>("abs");
  ASSERT_TRUE(library.ready());
  EXPECT_EQ(function(-7), 7);
}

TEST(Library, WhatIsMissingIsNamed) {
  Library none("libno-such-thing.so.7");
  EXPECT_EQ(none.function<void (*)()>("abs"), nullptr);
  ASSERT_FALSE(none.ready());
  EXPECT_EQ(none.ready().error().code, Errc::not_found);
  EXPECT_EQ(none.ready().error().message, "libno-such-thing.so.7 is not installed on this host");

  Library old("libc.so.6");
  EXPECT_EQ(old.function<void (*)()>("no_such_function"), nullptr);
  ASSERT_FALSE(old.ready());
  EXPECT_EQ(old.ready().error().message,
            "libc.so.6 of this host is too old: it has no no_such_function");
}

}  // namespace
}  // namespace deadlight::linux_host
