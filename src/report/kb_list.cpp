// What `kb list` prints: a table with the columns of its kind.
#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "knowledge/names.h"
#include "knowledge/row_id.h"
#include "report/kb_rows.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

using namespace knowledge;

struct KindName {
  KbKind kind;
  std::string_view id;
  bool by_os;  ///< its rows hold for some systems only
  std::string_view columns;
};

// Columns with '*' may become narrower, down to a few characters.
constexpr KindName kKinds[] = {
    {KbKind::services, "services", true, "SERVICE TITLE* SYSTEMS* CERTAINTY"},
    {KbKind::features, "features", true, "FEATURE TITLE* OPENS* SYSTEMS* CERTAINTY"},
    {KbKind::closers, "closers", true, "CLOSER TITLE* EFFECT SYSTEMS* CERTAINTY"},
    {KbKind::ports, "ports", true, "PORT WINDOWS* LINUX* CERTAINTY"},
    {KbKind::roles, "roles", false, "ROLE TITLE* EXTENDS PURPOSE*"},
    {KbKind::capabilities, "capabilities", false, "CAPABILITY TITLE*"},
    {KbKind::groups, "groups", true, "SYSTEMS* PROGRAM GROUP* SERVICES* CERTAINTY"},
    {KbKind::rpc, "rpc", true, "UUID NAME* SERVICES* CERTAINTY"},
    {KbKind::netbios, "netbios", false, "SUFFIX TYPE NAME* MEANING* CERTAINTY"},
    {KbKind::smb, "smb", true, "SYSTEMS* SIDE SETTING* BEHAVIOUR* CERTAINTY"},
    {KbKind::signs, "signs", true, "SIGN PROGRAM* SERVICE* SYSTEMS* CERTAINTY"},
    {KbKind::sources, "sources", false, "SOURCE TITLE* ADDRESS*"},
};

constexpr int kNarrowest = 12;  ///< "server2012r2"

const KindName& name_of_kind(KbKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    if (static_cast<std::size_t>(kKinds[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "name_of_kind() finds a kind by the enumerator's number");

std::string joined(List<Text> texts) {
  return join(std::vector<std::string>(texts.begin(), texts.end()), ", ");
}

std::string certainty_of(Certainty certainty) { return std::string(certainty_id(certainty)); }

// With blanks, where a narrow column can break it.
std::string systems_of(OsRange os) {
  if (os.from == os.to) return std::string(os_id(os.from));
  if (os == OsRange{Os::winnt4, Os::server2025}) return "windows";
  if (os.to == Os::server2025) return fmt::format("{} and later", os_id(os.from));
  return fmt::format("{} to {}", os_id(os.from), os_id(os.to));
}

std::string opens_of(const FeatureFact& row) {
  std::vector<std::string> sockets;
  for (const OpensFact& opens : row.opens) {
    std::string text = socket_of(opens);
    if (std::find(sockets.begin(), sockets.end(), text) == sockets.end()) {
      sockets.push_back(std::move(text));
    }
  }
  return join(sockets, ", ");
}

using Cells = std::vector<std::string>;

Cells cells(const ServiceFact& row) {
  return {std::string(row.id), std::string(row.title), systems_of(row.os),
          certainty_of(row.certainty)};
}
Cells cells(const FeatureFact& row) {
  return {std::string(row.id), std::string(row.title), opens_of(row), systems_of(row.os),
          certainty_of(row.certainty)};
}
Cells cells(const CloserFact& row) {
  return {std::string(row.id), std::string(row.title),
          row.refused_because.empty() ? std::string(effect_id(row.effect)) : "refused",
          systems_of(row.os), certainty_of(row.certainty)};
}
Cells cells(const PortFact& row) {
  return {row_id(row), std::string(row.windows_owner), std::string(row.linux_owner),
          certainty_of(row.certainty)};
}
Cells cells(const RoleFact& row) {
  return {std::string(row.id), std::string(row.title), std::string(row.extends),
          std::string(row.purpose)};
}
Cells cells(const CapabilityFact& row) { return {std::string(row.id), std::string(row.title)}; }
Cells cells(const GroupFact& row) {
  return {systems_of(row.os), std::string(row.image), std::string(row.group), joined(row.services),
          certainty_of(row.certainty)};
}
Cells cells(const RpcInterfaceFact& row) {
  return {std::string(row.uuid), std::string(row.name), joined(row.services),
          certainty_of(row.certainty)};
}
Cells cells(const NetbiosSuffixFact& row) {
  return {fmt::format("<{}>", suffix_text(row.suffix)), std::string(netbios_type_id(row.type)),
          std::string(row.form), std::string(row.meaning), certainty_of(row.certainty)};
}
Cells cells(const SmbTransportFact& row) {
  return {systems_of(row.os), std::string(smb_side_id(row.side)), std::string(row.setting),
          std::string(row.behaviour), certainty_of(row.certainty)};
}
Cells cells(const OsSignFact& row) {
  const std::string edition =
      row.edition == Edition::any ? "" : fmt::format(", {}", edition_id(row.edition));
  return {std::string(row.id), std::string(row.image), std::string(row.service),
          systems_of(row.os) + edition, certainty_of(row.certainty)};
}
Cells cells(const SourceFact& row) {
  return {std::string(row.id), std::string(row.title), std::string(row.url)};
}

Table table_of(const KindName& name) {
  std::vector<Column> columns;
  for (const std::string_view title : words(name.columns)) {
    const bool narrows = title.ends_with('*');
    columns.push_back(
        {std::string(title.substr(0, title.size() - (narrows ? 1 : 0))), narrows ? kNarrowest : 0});
  }
  return Table(std::move(columns));
}

struct Count {
  std::size_t rows = 0;
  std::array<std::size_t, std::size(kCertainties)> by_certainty{};
};

Count count_of_kind(KbKind kind, Os os, const Knowledge& kb) {
  Count count;
  each_row(kind, os, kb, [&count](const auto& row) {
    ++count.rows;
    if constexpr (requires { row.certainty; }) {
      ++count.by_certainty[static_cast<std::size_t>(row.certainty)];
    }
  });
  return count;
}

std::string counts_text(Os os, const Knowledge& kb, const Style& style) {
  std::vector<Column> columns = {{"KIND"}, {"ROWS"}};
  for (const auto& certainty : kCertainties) columns.push_back({std::string(certainty.id)});
  Table table(std::move(columns));
  for (const KindName& name : kKinds) {
    const Count count = count_of_kind(name.kind, os, kb);
    std::vector<Cell> row = {{std::string(name.id)}, {std::to_string(count.rows)}};
    for (const std::size_t part : count.by_certainty) {
      row.push_back({part == 0 ? "" : std::to_string(part)});
    }
    table.row(std::move(row));
  }
  return table.render(style) +
         fmt::format(
             "\nBesides, {} registered names of ports. `deadlight kb list KIND` lists the "
             "rows,\n`deadlight kb show NAME` says all that is known of one.\n",
             kb.registry.ports.size());
}

}  // namespace

std::string_view kb_kind_id(KbKind kind) { return name_of_kind(kind).id; }

Result<KbKind> parse_kb_kind(std::string_view id) {
  std::vector<std::string> known;
  for (const KindName& name : kKinds) {
    if (iequals(name.id, id)) return name.kind;
    known.emplace_back(name.id);
  }
  return fail(Errc::malformed, fmt::format("'{}' is no kind; there are {}", id, join(known, " ")));
}

Result<> check_query(const KbQuery& query) {
  if (!query.kind || query.os == Os::unknown || name_of_kind(*query.kind).by_os) return {};
  return fail(Errc::malformed, fmt::format("{} are the same on every system; leave --os out",
                                           name_of_kind(*query.kind).id));
}

std::size_t count_rows(KbKind kind, Os os, const Knowledge& kb) {
  return count_of_kind(kind, os, kb).rows;
}

Result<std::string> kb_list_text(const KbQuery& query, const Knowledge& kb, const Style& style) {
  DEADLIGHT_TRY(check_query(query));
  if (!query.kind) return counts_text(query.os, kb, style);
  Table table = table_of(name_of_kind(*query.kind));
  each_row(*query.kind, query.os, kb, [&table](const auto& row) {
    std::vector<Cell> line;
    for (std::string& text : cells(row)) line.push_back({std::move(text)});
    table.row(std::move(line));
  });
  return table.render(style);
}

}  // namespace deadlight::report
