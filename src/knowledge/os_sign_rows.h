#pragma once

#include "knowledge/os_sign_fact.h"
#include "knowledge/table_reader.h"

namespace deadlight::knowledge {

OsSignFact read_os_sign(TableReader& table);

}  // namespace deadlight::knowledge
