#pragma once
#include <vector>

#include "filter.h"

namespace shuttle {

// Each area's share of the filter: which calls are refused or trapped, and who answers.
void add_refused_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_socket_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_file_rows(const Trapping& trapping, std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_program_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_memory_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_adjusting_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);
void add_signal_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386);

}  // namespace shuttle
