#include <linux/audit.h>

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
  add_adjusting_rows(table.x86_64, table.i386);
  add_signal_rows(table.x86_64, table.i386);
  if (!trapping.windows32) table.i386.clear();
  for (auto* rows : {&table.x86_64, &table.i386})
    std::ranges::stable_sort(*rows, {}, &FilterRow::nr);
  return table;
}

namespace {

std::vector<Handler> by_number(const std::vector<FilterRow>& rows) {
  std::vector<Handler> handlers;
  for (const FilterRow& row : rows) {
    if (!row.handler) continue;
    handlers.resize(std::max(handlers.size(), static_cast<size_t>(row.nr) + 1));
    handlers[static_cast<size_t>(row.nr)] = row.handler;
  }
  return handlers;
}

}  // namespace

Handlers::Handlers(const FilterTable& table) : x86_64_(by_number(table.x86_64)), i386_(by_number(table.i386)) {}

Handler Handlers::of(uint32_t arch, int nr) const {
  const auto& handlers = arch == AUDIT_ARCH_I386 ? i386_ : x86_64_;
  return static_cast<size_t>(nr) < handlers.size() ? handlers[static_cast<size_t>(nr)] : nullptr;
}

}  // namespace shuttle
