#include <algorithm>

#include "evidence/json_objects.h"
#include "evidence/osquery.h"
#include "evidence/powershell.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

/// Records as JSON, whoever printed them.
class JsonReader {
 public:
  explicit JsonReader(Reading& reading)
      : reading_(reading), osquery_(reading), powershell_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();) {
      const std::size_t end = may_begin_json(reading_.line(i)) ? read_text(i) : i + 1;
      i = reading_.next_free(end);
    }
    osquery_.finish();
    if (any_) name_failures();
  }

 private:
  struct Failure {
    std::size_t first;
    JsonText text;
  };

  /// Returns the line where to read on.
  std::size_t read_text(std::size_t first) {
    const PsHint hint = powershell_.hint_above(first);
    bool ours = false;
    std::vector<std::size_t> foreign;
    JsonText text = read_json_text(reading_, first, [&](JsonObject&& object) {
      const bool taken = take(object, hint);
      ours = ours || taken;
      if (object.repeats && !taken) reading_.complain(object.line, std::string(kRepeatedName));
      if (!taken && foreign.size() < kForeignMax) foreign.push_back(object.line);
    });
    if (ours) {
      any_ = true;
      for (const std::size_t line : foreign) {
        reading_.complain(line, "an object without the names of any record that is read");
      }
    }
    const bool failed = !text.reason.empty();
    // The line of a mistake may begin a text of its own.
    const std::size_t end = failed && text.end > first + 1 ? text.end - 1 : text.end;
    if (ours) take_lines(first, end, Mark::row);
    if (failed) failures_.push_back({first, std::move(text)});
    return end;
  }

  bool take(const JsonObject& object, const PsHint& hint) {
    return (!object.repeats && osquery_.take(object)) ||
           take_powershell_object(powershell_, object, hint);
  }

  void take_lines(std::size_t first, std::size_t end, Mark mark) {
    for (std::size_t i = first; i < end && i < reading_.line_count(); ++i) {
      if (reading_.is_free(i)) reading_.take(i, mark);
    }
  }

  /// Broken JSON beside records that are read is likely more of them.
  void name_failures() {
    for (const Failure& failure : failures_) {
      const std::size_t last = std::min(failure.text.end, reading_.line_count()) - 1;
      take_lines(failure.first, last, Mark::row);
      name(last, failure.text.reason);
      if (failure.text.open && *failure.text.open != last) name(*failure.text.open, kNotWhole);
    }
  }

  void name(std::size_t line, std::string_view reason) {
    if (reading_.is_free(line)) {
      reading_.unread(line, std::string(reason));
    } else {
      reading_.complain(line, std::string(reason));
    }
  }

  static constexpr std::string_view kNotWhole =
      "this object is not whole and was not read; give the text as the tool printed it";
  static constexpr std::size_t kForeignMax = 10'000;

  Reading& reading_;
  OsqueryRows osquery_;
  PsFacts powershell_;
  std::vector<Failure> failures_;
  bool any_ = false;
};

}  // namespace

void read_json(Reading& reading) { JsonReader(reading).run(); }

}  // namespace deadlight::evidence
