#include "slot.h"

#include <sys/mman.h>

#include <new>

namespace shuttle {
namespace {

// Arrow wants buffers aligned to 8 bytes and recommends 64.
constexpr size_t aligned(size_t bytes) { return (bytes + 63) & ~size_t{63}; }

}  // namespace

Layout::Layout(const TableShape& shape) {
  const auto take = [this](size_t bytes) {
    const size_t at = size;
    size += aligned(bytes);
    return at;
  };
  for (const ColumnSpec& column : shape.columns) {
    Place place;
    place.values = take((shape.rows + 1) * width_of(column.type));  // one more: offsets have an end
    if (column.nullable) place.validity = take(shape.rows / 8);
    places.push_back(place);
  }
  heap = take(shape.heap);
}

Slot::Slot(const TableShape& shape, const Layout& layout) : shape_(shape), layout_(layout), fresh_(shape.columns.size()) {
  void* memory = mmap(nullptr, layout.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  block_ = static_cast<char*>(memory);
}

Slot::~Slot() { munmap(block_, layout_.size); }

// The validity bits of a cleared slot are zero, so a null only needs a harmless value.
void Slot::put_null(size_t column) {
  const ColumnType type = shape_.columns[column].type;
  if (has_heap(type)) return put_bytes(column, {});
  const size_t width = width_of(type);
  std::memset(block_ + layout_.places[column].values + rows_ * width, 0, width);
}

void Slot::put_bytes(size_t column, std::string_view bytes) {
  auto* offsets = reinterpret_cast<int32_t*>(block_ + layout_.places[column].values);
  if (!bytes.empty()) std::memcpy(block_ + layout_.heap + heap_used_, bytes.data(), bytes.size());
  heap_used_ += bytes.size();
  offsets[rows_ + 1] = static_cast<int32_t>(heap_used_);
  if (shape_.columns[column].nullable && !bytes.empty()) mark_valid(column);
}

void Slot::drop_row() {
  for (size_t column = 0; column < shape_.columns.size(); ++column) {
    if (!shape_.columns[column].nullable) continue;
    block_[layout_.places[column].validity + rows_ / 8] &= static_cast<char>(~(1 << (rows_ % 8)));
  }
}

void Slot::add_name(size_t column, std::string_view name) {
  FreshNames& names = fresh_[column];
  names.bytes += name;
  names.ends.push_back(static_cast<int32_t>(names.bytes.size()));
  fresh_bytes_ += name.size();
}

bool Slot::fits(size_t heap_bytes) const {
  return rows_ < shape_.rows && heap_used_ + heap_bytes <= shape_.heap && fresh_bytes_ < kMaxFreshBytes;
}

void Slot::clear() {
  for (size_t column = 0; column < shape_.columns.size(); ++column) {
    if (shape_.columns[column].nullable) std::memset(block_ + layout_.places[column].validity, 0, (rows_ + 7) / 8);
    fresh_[column] = {};
  }
  rows_ = heap_used_ = fresh_bytes_ = 0;
  for (size_t& count : counts) count = 0;
}

}  // namespace shuttle
