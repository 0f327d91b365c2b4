#pragma once

#include "truth/damage.h"

/// Damage that takes lines apart or away.
namespace deadlight::truth {

void on_one_line(Sheet& sheet, const TrueHost& host, Dice& dice);
void wrapped_rows(Sheet& sheet, const TrueHost& host, Dice& dice);
void glued_rows(Sheet& sheet, const TrueHost& host, Dice& dice);
void cut_off_tail(Sheet& sheet, const TrueHost& host, Dice& dice);
void masked_addresses(Sheet& sheet, const TrueHost& host, Dice& dice);
void lost_lines(Sheet& sheet, const TrueHost& host, Dice& dice);
void doubled_lines(Sheet& sheet, const TrueHost& host, Dice& dice);
void paged(Sheet& sheet, const TrueHost& host, Dice& dice);

}  // namespace deadlight::truth
