#pragma once

#include "evidence/reading.h"

/// One function for each tool. Each takes the lines that it understands out of those that are still
/// free, and leaves all others as they are. Adding a tool: a .cpp file with its function, and a
/// row in read.cpp.
namespace deadlight::evidence {

void read_netstat(Reading& reading);   ///< Windows netstat with any of -a -n -o -b
void read_tasklist(Reading& reading);  ///< tasklist, also with /svc, /v and /m
void read_sc(Reading& reading);        ///< sc query, queryex and qc
void read_fport(Reading& reading);     ///< Foundstone's fport 1.x and 2.0
void read_reg(Reading& reading);       ///< reg query
void read_reg_file(Reading& reading);  ///< .reg files

}  // namespace deadlight::evidence
