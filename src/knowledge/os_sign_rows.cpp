#include "knowledge/os_sign_rows.h"

namespace deadlight::knowledge {

// Whether it has a name, and only one, is for check_os_signs().
OsSignFact read_os_sign(TableReader& table) {
  table.require({"id", "os", "certainty"});
  OsSignFact row;
  row.id = table.line("id");
  row.image = table.line("image");
  row.service = table.line("service");
  row.os = table.os("os");
  row.edition = table.choice<Edition>("edition", kEditions, Edition::any);
  table.basis(row);
  return row;
}

}  // namespace deadlight::knowledge
