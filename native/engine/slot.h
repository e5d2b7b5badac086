#pragma once
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "columns.h"

namespace shuttle {

// Where a slot's columns lie in its block of memory, in bytes from its start. The same for every slot of a table.
struct Layout {
  explicit Layout(const TableShape& shape);

  struct Place {
    size_t values = 0;
    size_t validity = 0;  // only of a nullable column
  };
  std::vector<Place> places;
  size_t heap = 0;
  size_t size = 0;
};

// The names of one dictionary column that are new with a batch: name n ends at ends[n].
struct FreshNames {
  std::vector<int32_t> ends;
  std::string bytes;
};

// One batch being filled, as Arrow's columns in one block of memory that the writer sees without a copy. Pages are touched
// only when used. Not safe for two threads at once.
class Slot {
 public:
  Slot(const TableShape& shape, const Layout& layout);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  template <class T>
  void put(size_t column, T value) {
    reinterpret_cast<T*>(block_ + layout_.places[column].values)[rows_] = value;
    if (shape_.columns[column].nullable) mark_valid(column);
  }
  void put_null(size_t column);
  void put_bytes(size_t column, std::string_view bytes);
  void end_row() { ++rows_; }
  void drop_row();  // forgets what was put in the row that has not ended

  void add_name(size_t column, std::string_view name);

  bool fits(size_t heap_bytes) const;
  bool empty() const { return rows_ == 0; }
  void clear();

  char* block() const { return block_; }
  size_t rows() const { return rows_; }
  size_t heap_used() const { return heap_used_; }
  const std::vector<FreshNames>& fresh() const { return fresh_; }

  size_t counts[3] = {};  // rows by ledger entry

 private:
  static constexpr size_t kMaxFreshBytes = size_t{4} << 20;

  void mark_valid(size_t column) {
    block_[layout_.places[column].validity + rows_ / 8] |= static_cast<char>(1 << (rows_ % 8));
  }

  const TableShape& shape_;
  const Layout& layout_;
  char* block_;
  size_t rows_ = 0;
  size_t heap_used_ = 0;
  size_t fresh_bytes_ = 0;
  std::vector<FreshNames> fresh_;  // by column
};

}  // namespace shuttle
