#include <algorithm>

#include "handlers.h"

namespace shuttle {

FilterTable filter_table(const Trapping& trapping) {
  FilterTable table;
  add_refused_rows(table.x86_64, table.i386);
  add_socket_rows(table.x86_64, table.i386);
  add_file_rows(trapping, table.x86_64, table.i386);
  add_program_rows(table.x86_64, table.i386);
  add_memory_rows(table.x86_64, table.i386);
  add_signal_rows(table.x86_64, table.i386);
  if (!trapping.windows32) table.i386.clear();
  for (auto* rows : {&table.x86_64, &table.i386})
    std::ranges::stable_sort(*rows, {}, &FilterRow::nr);
  return table;
}

}  // namespace shuttle
