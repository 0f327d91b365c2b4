#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// What stands behind image name and process id in a listing of tasklist.
enum class TaskColumn { other, services, modules };

/// Rows of one listing of tasklist, whatever its form. They are kept until the listing ends: only
/// all of them together tell how this language writes "N/A".
class TaskRows {
 public:
  explicit TaskRows(Reading& reading) : reading_(reading) {}

  bool empty() const { return rows_.empty(); }
  /// True if the last row ends with a comma: its list goes on in the next line.
  bool is_unfinished() const;
  /// True if join() could not tell what the last row's list says.
  bool is_cut() const;
  /// False where `list`, services in a line of their own, is of another process whose row is lost:
  /// below a list that ends without a comma, unless each line names one service.
  bool may_go_on_with(std::string_view list);
  /// A row of line `line`. `list` is what its third column holds; may be empty.
  void begin(std::size_t line, std::string_view image, std::uint32_t pid, std::string_view list);
  /// More of the last row's list, or another line that belongs to it.
  void go_on(std::size_t line, std::string_view list);
  /// The end of the line before, which a narrow window cut off. Where it cannot be told what that
  /// makes, the last service is left out and the line named.
  void join(std::size_t line);
  /// The line of the last row that was taken last.
  std::size_t last_line() const { return rows_.back().last_line; }
  /// Adds a process for each row, and forgets the rows. Modules are told from services by their
  /// names, since headings are translated.
  void finish(TaskColumn column);

 private:
  struct Row {
    Process process;
    std::string list;
    std::size_t first_bytes = 0;  ///< of `list`, before lines that name one service each
    std::size_t single_line = 0;  ///< the first of those
    std::size_t last_line = 0;
  };

  std::vector<std::string> not_applicable() const;
  bool has_modules() const;
  void drop_lists_of_lost_rows(const std::vector<std::string>& not_applicable);
  void take_services(Row& row, const std::vector<std::string>& not_applicable);

  Reading& reading_;
  std::vector<Row> rows_;
  bool has_commas_ = false;  ///< else each line may name one service
  bool is_table_ = false;    ///< its rows have no labels: a lost one shows in nothing else
};

/// Process names that carry no extension: "System", "Registry", "Memory Compression".
bool is_image_name(std::string_view image);

/// "28 K", "1.234 K", "1,234 KB", "10 512 Ko": how a row without /svc ends.
bool ends_with_memory(std::string_view rest);

/// True if `line` begins with what `tasklist /fo csv` may print: a quoted name and a process id.
bool starts_tasklist_csv(std::string_view line);
/// Reads the listing that begins in line `first`, and returns the line after it.
std::size_t read_tasklist_csv(Reading& reading, std::size_t first);

/// Reads the process of `tasklist /fo list` whose process id stands in line `pid_line`, and all
/// that follow it. Returns the line after them; `pid_line` if this is something else.
std::size_t read_tasklist_list(Reading& reading, std::size_t pid_line);

}  // namespace deadlight::evidence
