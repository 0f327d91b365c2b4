#include "execute/record.h"

#include <gmock/gmock.h>

#include "execute/sample_entries.h"

namespace deadlight::execute::test {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kOffset = 4096;

Result<Entry> decoded(std::string_view bytes) {
  const auto frame = decode_frame(bytes, kOffset);
  if (!frame) return fail(Errc::malformed, "no frame");
  const std::string_view body = bytes.substr(kFrameBytes);
  if (!belongs_to(body, *frame)) return fail(Errc::malformed, "not its body");
  return decode_body(body);
}

TEST(Record, EachTypeComesBackAsItWas) {
  std::set<std::size_t> types;
  for (const Entry& entry : sample_entries()) {
    const auto bytes = encode(entry, kOffset);
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto again = decoded(*bytes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->time_ms, entry.time_ms);
    EXPECT_EQ(again->record.index(), entry.record.index());
    EXPECT_EQ(*encode(*again, kOffset), *bytes);
    types.insert(entry.record.index());
  }
  EXPECT_EQ(types.size(), std::variant_size_v<Record>) << "a type has no sample";
}

TEST(Record, FieldsOfAStepComeBack) {
  const Entry entry = sample_entries()[1];
  const auto again = decoded(*encode(entry, kOffset));
  ASSERT_TRUE(again);
  const auto& before = std::get<StepBegun>(entry.record);
  const auto& after = std::get<StepBegun>(again->record);
  EXPECT_EQ(after.before, before.before);
  EXPECT_EQ(after.planned.what.acts[1].wanted, before.planned.what.acts[1].wanted);
  EXPECT_EQ(after.planned.what.settles[1].unit, "a.service");
  EXPECT_EQ(after.planned.closes, before.planned.closes);
  EXPECT_TRUE(after.planned.reboot);
}

TEST(Record, IsBoundToItsPlaceInTheFile) {
  const auto bytes = encode(sample_entries()[0], kOffset);
  EXPECT_FALSE(decode_frame(*bytes, kOffset + 1));
}

TEST(Record, EachFlippedBitIsNoticed) {
  const std::string bytes = *encode(sample_entries()[1], kOffset);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decoded(damaged)) << "bit " << bit;
  }
}

struct LimitCase {
  const char* name;
  Record (*record)();
  const char* message;
};
void PrintTo(const LimitCase& row, std::ostream* out) { *out << row.name; }

StepBegun step_with(StepActs what) { return {1, 1, {std::move(what), {}, false}, {}}; }

const LimitCase kLimits[] = {
    {"Plan",
     []() -> Record {
       return RunBegun{1, 1, {"", "", std::string(16 * 1024 * 1024 + 1, 'x'), 0, "", 0, {}}};
     },
     "plan: 16777217 are more than the 16777216 that a record holds"},
    {"Kept",
     []() -> Record {
       return RunBegun{1, 1, {"", "", "", 0, "", 0, std::vector<std::string>(65'537)}};
     },
     "kept endpoints: 65537 are more than the 65536 that a record holds"},
    {"Title",
     []() -> Record {
       return step_with({std::string(4097, 'x'), {}, {}});
     },
     "title: 4097 are more than the 4096 that a record holds"},
    {"Acts",
     []() -> Record {
       return step_with({"", std::vector<Act>(1025), {}});
     },
     "acts: 1025 are more than the 1024 that a record holds"},
    {"Content",
     []() -> Record {
       return ActDone{1, 1, 0, {Form::file, std::string(4 * 1024 * 1024 + 1, 'x'), 0, 0, 0}};
     },
     "content: 4194305 are more than the 4194304 that a record holds"},
    {"Body",
     []() -> Record {
       const State largest{Form::file, std::string(4 * 1024 * 1024, 'x'), 0, 0, 0};
       return StepBegun{1, 1, {}, std::vector<State>(17, largest)};
     },
     "a record of 71303495 bytes is larger than 67108864"},
};

class RecordLimit : public testing::TestWithParam<LimitCase> {};

TEST_P(RecordLimit, IsNamed) {
  const auto bytes = encode({1, GetParam().record()}, kOffset);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, Errc::limit);
  EXPECT_EQ(bytes.error().message, GetParam().message);
}

std::string name_of_limit(const testing::TestParamInfo<LimitCase>& row) { return row.param.name; }
INSTANTIATE_TEST_SUITE_P(Limits, RecordLimit, testing::ValuesIn(kLimits), name_of_limit);

struct BodyCase {
  const char* name;
  std::string body;
  const char* message;
};
void PrintTo(const BodyCase& row, std::ostream* out) { *out << row.name; }

std::string body_of(std::string_view type_and_fields) {
  return std::string(8, '\0') + std::string(type_and_fields);
}
using namespace std::string_view_literals;

const BodyCase kBodies[] = {
    {"Empty", "", "it ends too early"},
    {"TypeZero", body_of("\0"sv), "its type 0 is not known; a newer version wrote it"},
    {"NewType", body_of("\x0a"sv), "its type 10 is not known; a newer version wrote it"},
    {"Cut", body_of("\x09\x01\0\0"sv), "it ends too early"},
    {"TooLong", body_of("\x09\x01\0\0\0\0"sv), "1 bytes too many"},
    {"Flag", body_of("\x06\x01\0\0\0\x01\0\0\0\x02"sv), "a truth value is neither 0 nor 1"},
    {"Form", body_of("\x03\x01\0\0\0\x01\0\0\0\0\0\0\0\x05"sv), "form 5 is not known"},
    {"CountWithoutBytes", body_of("\x08\x01\0\0\0\x01\0\0\0\xff\0\0\0"sv), "it ends too early"},
    {"CountTooLarge", body_of("\x08\x01\0\0\0\x01\0\0\0\xff\xff\xff\xff"sv),
     "acts left: 4294967295 are more than 1024"},
};

class RecordBody : public testing::TestWithParam<BodyCase> {};

TEST_P(RecordBody, IsRefusedWithTheReason) {
  const auto entry = decoded(framed(GetParam().body, kOffset));
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code, Errc::malformed);
  EXPECT_EQ(entry.error().message, GetParam().message);
}

std::string name_of_body(const testing::TestParamInfo<BodyCase>& row) { return row.param.name; }
INSTANTIATE_TEST_SUITE_P(Bodies, RecordBody, testing::ValuesIn(kBodies), name_of_body);

}  // namespace
}  // namespace deadlight::execute::test
