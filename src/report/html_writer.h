#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deadlight::report {

/// Markup, built from top to bottom. It is well-formed as XML too: elements close in the order they
/// were opened, and everything that is text is escaped and made printable, so that nothing from
/// evidence can become markup, a control character or a change of direction.
class HtmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Closes its element at the end of the scope.
  class [[nodiscard]] Element {
   public:
    explicit Element(HtmlWriter& writer) : writer_(&writer) {}
    ~Element() { writer_->close(); }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    HtmlWriter* writer_;
  };

  /// Opens an element. Tags and attribute names are the program's own and not escaped.
  Element in(std::string_view tag, Attributes attributes = {});
  /// An element with nothing in it. Only for what HTML knows as void (`meta`), and within `svg`.
  void empty(std::string_view tag, Attributes attributes = {});
  /// An element with text in it; nothing for an empty text.
  void element(std::string_view tag, std::string_view text, Attributes attributes = {});
  /// What is longer than 2,000 characters is cut, and says so.
  void text(std::string_view text);
  /// The program's own markup: a doctype, a style sheet.
  void raw(std::string_view markup) { html_.append(markup); }

  /// All elements must be closed.
  std::string take();

 private:
  void open(std::string_view tag, Attributes attributes);
  void close();

  std::string html_;
  std::vector<std::string> open_;
};

/// `text` made printable; what is longer than `characters_max` is cut and ends in "…" and its size.
std::string shortened(std::string_view text, std::size_t characters_max);

/// For names of processes, services, files and hosts, which evidence gives.
std::string short_name(std::string_view text);

}  // namespace deadlight::report
