#include "execute/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>

#include "base/crc32c.h"

namespace deadlight::execute {
namespace {

constexpr std::size_t kNameBytesMax = 4096;  // a path, a title, a unit
constexpr std::size_t kContentBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kPlanBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kActsMax = 1024;  // and settles; of a step
constexpr std::size_t kEndpointsMax = 65'536;

// The number of a value in the file is its place here: add at the end.
constexpr std::array kThings = {Thing::file, Thing::unit, Thing::sysctl, Thing::table};
constexpr std::array kForms = {Form::absent, Form::file, Form::link, Form::folder, Form::value};
constexpr std::array kSettles = {Settle::Kind::reload_manager, Settle::Kind::restart_unit,
                                 Settle::Kind::reload_unit};

/// The fields of each record in the order of the file, once for both directions: Io is a writer or
/// a reader.
template <class Io>
void fields(Io& io, State& state) {
  io.choice("form", state.form, kForms);
  io.text("content", state.content, kContentBytesMax);
  io.number(state.mode);
  io.number(state.uid);
  io.number(state.gid);
}

template <class Io>
void fields(Io& io, Act& act) {
  io.choice("thing", act.thing, kThings);
  io.text("target", act.target, kNameBytesMax);
  fields(io, act.wanted);
}

template <class Io>
void fields(Io& io, Settle& settle) {
  io.choice("settle", settle.kind, kSettles);
  io.text("unit", settle.unit, kNameBytesMax);
}

template <class Io>
void fields(Io& io, std::string& endpoint) {
  io.text("endpoint", endpoint, kNameBytesMax);
}

template <class Io>
void fields(Io& io, std::uint32_t& number) {
  io.number(number);
}

template <class Io>
void fields(Io& io, RunBegun& record) {
  io.number(record.run);
  io.number(record.steps);
  io.text("host", record.info.host, kNameBytesMax);
  io.text("role", record.info.role, kNameBytesMax);
  io.text("plan", record.info.plan, kPlanBytesMax);
  io.number(record.info.uid);
  io.text("terminal", record.info.tty, kNameBytesMax);
  io.number(record.info.confirm_by);
  io.list("kept endpoints", record.info.kept, kEndpointsMax);
}

template <class Io>
void fields(Io& io, StepBegun& record) {
  io.number(record.run);
  io.number(record.step);
  io.text("title", record.planned.what.title, kNameBytesMax);
  io.list("acts", record.planned.what.acts, kActsMax);
  io.list("settles", record.planned.what.settles, kActsMax);
  io.list("closed endpoints", record.planned.closes, kEndpointsMax);
  io.flag(record.planned.reboot);
  io.list("states", record.before, kActsMax);
}

template <class Io>
void fields(Io& io, ActDone& record) {
  io.number(record.run);
  io.number(record.step);
  io.number(record.act);
  fields(io, record.after);
}

template <class Io>
void fields(Io& io, StepDone& record) {
  io.number(record.run);
  io.number(record.step);
  io.text("boot", record.boot_id, kNameBytesMax);
}

template <class Io>
void fields(Io& io, RunDone& record) {
  io.number(record.run);
  io.text("failure", record.failure, kFailureBytesMax);
}

template <class Io>
void fields(Io& io, UndoBegun& record) {
  io.number(record.run);
  io.number(record.step);
  io.flag(record.force);
}

template <class Io>
void fields(Io& io, ActUndone& record) {
  io.number(record.run);
  io.number(record.step);
  io.number(record.act);
}

template <class Io>
void fields(Io& io, UndoDone& record) {
  io.number(record.run);
  io.number(record.step);
  io.list("acts left", record.left, kActsMax);
}

template <class Io>
void fields(Io& io, RunConfirmed& record) {
  io.number(record.run);
}

class Writer {
 public:
  template <class T>
  void number(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
    }
  }
  void flag(bool value) { number<std::uint8_t>(value ? 1 : 0); }
  template <class Enum, std::size_t Count>
  void choice(const char* /*what*/, Enum value, const std::array<Enum, Count>& values) {
    const auto found = std::find(values.begin(), values.end(), value);
    number(static_cast<std::uint8_t>(found - values.begin()));
  }
  void text(const char* what, const std::string& value, std::size_t max) {
    count(what, value.size(), max);
    bytes_ += value;
  }
  template <class T>
  void list(const char* what, std::vector<T>& values, std::size_t max) {
    count(what, values.size(), max);
    for (T& value : values) fields(*this, value);
  }

  const std::string& error() const { return error_; }
  std::string take() { return std::move(bytes_); }

 private:
  void count(const char* what, std::size_t size, std::size_t max) {
    if (size > max && error_.empty()) {
      error_ = fmt::format("{}: {} are more than the {} that a record holds", what, size, max);
    }
    number(static_cast<std::uint32_t>(size));
  }

  std::string bytes_;
  std::string error_;
};

/// After the first error every value is zero and every list empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  void number(T& value) {
    value = 0;
    if (!has(sizeof(T))) return;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes_[i])) << (8 * i));
    }
    bytes_.remove_prefix(sizeof(T));
  }
  void flag(bool& value) {
    std::uint8_t byte = 0;
    number(byte);
    if (byte > 1) complain("a truth value is neither 0 nor 1");
    value = byte == 1;
  }
  template <class Enum, std::size_t Count>
  void choice(const char* what, Enum& value, const std::array<Enum, Count>& values) {
    std::uint8_t byte = 0;
    number(byte);
    if (byte >= Count) return complain(fmt::format("{} {} is not known", what, byte));
    value = values[byte];
  }
  void text(const char* what, std::string& value, std::size_t max) {
    const std::size_t size = count(what, max);
    if (!has(size)) return;
    value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
  }
  template <class T>
  void list(const char* what, std::vector<T>& values, std::size_t max) {
    const std::size_t size = count(what, max);
    // Grown as they come: a count alone must not take memory.
    for (std::size_t i = 0; i < size && error_.empty(); ++i) fields(*this, values.emplace_back());
  }
  void end() {
    if (!bytes_.empty()) complain(fmt::format("{} bytes too many", bytes_.size()));
  }

  const std::string& error() const { return error_; }

 private:
  bool has(std::size_t size) {
    if (error_.empty() && size > bytes_.size()) complain("it ends too early");
    return error_.empty();
  }
  std::size_t count(const char* what, std::size_t max) {
    std::uint32_t size = 0;
    number(size);
    if (size > max) complain(fmt::format("{}: {} are more than {}", what, size, max));
    return error_.empty() ? size : 0;
  }
  void complain(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }

  std::string_view bytes_;
  std::string error_;
};

/// Puts the alternative number `index` into `record`; false if there is none.
template <std::size_t Index = 0>
bool emplace(Record& record, std::size_t index) {
  if constexpr (Index < std::variant_size_v<Record>) {
    if (index != Index) return emplace<Index + 1>(record, index);
    record.emplace<Index>();
    return true;
  } else {
    return false;
  }
}

std::uint32_t frame_checksum(std::uint64_t offset, std::uint32_t body_bytes) {
  Writer writer;
  writer.number(offset);
  writer.number(body_bytes);
  return crc32c(writer.take());
}

}  // namespace

Result<std::string> encode(const Entry& entry, std::uint64_t offset) {
  Writer body;
  body.number(entry.time_ms);
  body.number(static_cast<std::uint8_t>(entry.record.index() + 1));
  Record record = entry.record;  // fields() serves both directions and takes no const
  std::visit([&body](auto& value) { fields(body, value); }, record);
  if (!body.error().empty()) return fail(Errc::limit, body.error());
  const std::string bytes = body.take();
  if (bytes.size() > kBodyBytesMax) {
    return fail(Errc::limit,
                fmt::format("a record of {} bytes is larger than {}", bytes.size(), kBodyBytesMax));
  }
  return framed(bytes, offset);
}

std::string framed(std::string_view body, std::uint64_t offset) {
  const auto body_bytes = static_cast<std::uint32_t>(body.size());
  Writer frame;
  frame.number(body_bytes);
  frame.number(frame_checksum(offset, body_bytes));
  frame.number(crc32c(body));
  return frame.take().append(body);
}

std::optional<Frame> decode_frame(std::string_view bytes, std::uint64_t offset) {
  if (bytes.size() < kFrameBytes) return std::nullopt;
  Reader reader(bytes.substr(0, kFrameBytes));
  Frame frame;
  std::uint32_t checksum = 0;
  reader.number(frame.body_bytes);
  reader.number(checksum);
  reader.number(frame.body_checksum);
  const bool right =
      frame.body_bytes <= kBodyBytesMax && checksum == frame_checksum(offset, frame.body_bytes);
  return right ? std::optional(frame) : std::nullopt;
}

bool belongs_to(std::string_view body, const Frame& frame) {
  return body.size() == frame.body_bytes && crc32c(body) == frame.body_checksum;
}

Result<Entry> decode_body(std::string_view body) {
  Reader reader(body);
  Entry entry;
  std::uint8_t type = 0;
  reader.number(entry.time_ms);
  reader.number(type);
  if (!reader.error().empty()) return fail(Errc::malformed, reader.error());
  if (type == 0 || !emplace(entry.record, type - 1U)) {
    return fail(Errc::malformed,
                fmt::format("its type {} is not known; a newer version wrote it", type));
  }
  std::visit([&reader](auto& value) { fields(reader, value); }, entry.record);
  reader.end();
  if (!reader.error().empty()) return fail(Errc::malformed, reader.error());
  return entry;
}

}  // namespace deadlight::execute
