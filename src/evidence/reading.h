#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"
#include "evidence/os_rules.h"
#include "model/snapshot.h"

namespace deadlight::evidence {

/// What a reader made of a line. `row`: a fact was taken; `heading`: a heading, ruler or other
/// fixed text of a listing; `prompt`: a prompt or banner of the command interpreter; `fence`: of
/// Markdown, around a listing; `unread`: it belongs to a listing but was not understood, and a
/// reason is recorded.
enum class Mark : std::uint8_t { none, row, heading, prompt, fence, unread };

/// What is known of the system from other things than facts: banners and prompts.
struct Clues {
  OsSet banner;              ///< of "Microsoft Windows [Version 5.1.2600]"; empty without one
  std::string banner_text;   ///< "the version 5.1.2600"
  std::string banner_place;  ///< "host.txt:1"
  std::string winnt_place;   ///< where a prompt names a folder WINNT; empty if none does
};

/// One document while the readers go over it: which lines are understood, and the facts found.
/// Readers come one after the other; each takes only lines that no earlier one took.
class Reading {
 public:
  /// `document` must outlive this.
  explicit Reading(const Document& document);

  const Document& document() const { return *document_; }
  std::size_t line_count() const { return marks_.size(); }
  std::string_view line(std::size_t index) const { return document_->line(index); }

  Mark mark(std::size_t index) const { return marks_[index]; }
  /// True for a last line without a line end: its last cell may be half of one.
  bool is_cut_off(std::size_t index) const {
    return index + 1 == line_count() && !document_->text().ends_with('\n');
  }
  bool is_free(std::size_t index) const { return marks_[index] == Mark::none; }
  /// The first free line from `from` on; line_count() if there is none. Most lines of a large input
  /// are taken early, and this passes over them at the speed of memory:
  /// `for (i = reading.next_free(0); i < reading.line_count(); i = reading.next_free(i + 1))`
  std::size_t next_free(std::size_t from) const;
  void take(std::size_t index, Mark mark) { marks_[index] = mark; }
  /// Marks the line and records why it was not understood.
  void unread(std::size_t index, std::string reason);
  /// Names the line without changing its mark: a part of it was understood.
  void complain(std::size_t index, std::string reason);

  /// A reader calls this when it has found its own kind of listing, also an empty one.
  void found(std::string_view kind);
  const std::vector<std::string_view>& kinds() const { return kinds_; }

  /// The source of a fact on this line. Evidence 0 is the document.
  Sources source(std::size_t index) const;
  /// "host.txt:12"
  std::string place(std::size_t index) const;

  // Past kRowsMax facts are dropped and `over_limit` tells so; the caller refuses the input.
  void add(Endpoint&& endpoint);
  void add(Process&& process);
  void add(Service&& service);
  void add(StartedTitle&& title);
  void add(Setting&& setting);
  void add(RpcEndpoint&& endpoint);
  void add(HttpUrl&& url);
  void add(FirewallRule&& rule);
  void add(OutsidePort&& port);
  void add_all(std::vector<Endpoint>&& endpoints);
  bool over_limit() const { return rows_ > rows_max_; }
  void set_rows_max(std::size_t rows_max) { rows_max_ = rows_max; }
  std::size_t rows_max() const { return rows_max_; }
  std::size_t rows() const { return rows_; }

  // What take_plain_rows() found, and the lines: for read_netstat() alone.
  std::vector<Endpoint> plain_rows;
  std::vector<std::uint32_t> plain_lines;

  Snapshot snapshot;  ///< facts so far; its evidence is filled in at the end
  Clues clues;

 private:
  template <class T>
  void add_to(std::vector<T>& facts, T& fact);  ///< moves from `fact`

  const Document* document_;  ///< not owned
  std::vector<Mark> marks_;
  std::vector<std::string_view> kinds_;
  std::size_t rows_ = 0;
  std::size_t rows_max_;
  std::size_t unread_count_ = 0;
};

/// At most kShownMax bytes of `text`, cut between letters, for a message.
std::string shown(std::string_view text);

}  // namespace deadlight::evidence
