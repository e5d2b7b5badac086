#include "table.h"

#include <algorithm>
#include <utility>

#include "utf8.h"

namespace shuttle {
namespace {

constexpr size_t kMaxName = size_t{32} << 10;

}  // namespace

Name::Name(std::string_view raw, const HashKey& key) : text_(to_text(raw, kMaxName, scratch_)), hash_(sip_hash(text_, key)) {}

Table::Table(TableShape shape, size_t max_name_bytes, std::function<void()> sealed)
    : shape_(shape), layout_(shape_), sealed_(std::move(sealed)), names_(shape.columns.size(), Interner(max_name_bytes)) {
  for (size_t index = 0; index < shape.slots; ++index) {
    slots_.push_back(std::make_unique<Slot>(shape_, layout_));
    free_.push_back(shape.slots - 1 - index);
  }
}

bool Table::put_name(Slot& slot, size_t column, const Name& name) {
  if (name.text().empty() && shape_.columns[column].nullable) {
    slot.put_null(column);
    return true;
  }
  const auto found = names_[column].intern(name.hash(), name.text().size());
  if (!found) return false;
  if (found->fresh) slot.add_name(column, name.text());
  slot.put<int32_t>(column, found->id);
  return true;
}

bool Table::make_room(std::unique_lock<std::mutex>& lock, size_t heap_bytes) {
  for (;;) {
    if (closed_ || abandoned_ || heap_bytes > shape_.heap) return false;
    if (current_ && current_->fits(heap_bytes)) return true;
    if (current_) seal();
    if (!free_.empty()) {
      current_index_ = free_.back();
      free_.pop_back();
      current_ = slots_[current_index_].get();
      continue;
    }
    freed_.wait(lock);
  }
}

void Table::seal() {
  ready_.push_back(current_index_);
  current_ = nullptr;
  sealed_();
}

std::optional<Table::Taken> Table::take() {
  std::lock_guard lock(mutex_);
  if (ready_.empty() || abandoned_) return std::nullopt;
  const size_t index = ready_.front();
  ready_.pop_front();
  taken_.push_back(index);
  return Taken{index, slots_[index].get()};
}

void Table::release(size_t index, bool stored) {
  {
    std::lock_guard lock(mutex_);
    if (std::erase(taken_, index) == 0) return;
    if (stored) {
      for (size_t entry = 0; entry < 3; ++entry) tally_.stored[entry] += slots_[index]->counts[entry];
      put_back(index);
    } else {
      lose(*slots_[index]);
    }
  }
  freed_.notify_all();
  if (!stored) abandon();
}

void Table::lost(size_t entry, uint64_t rows) {
  std::lock_guard lock(mutex_);
  tally_.seen[entry] += rows;
  tally_.lost[entry] += rows;
}

void Table::flush() {
  std::lock_guard lock(mutex_);
  if (current_ && !current_->empty()) seal();
}

void Table::close() {
  {
    std::lock_guard lock(mutex_);
    if (current_ && !current_->empty()) seal();
    closed_ = true;
  }
  freed_.notify_all();
}

void Table::abandon() {
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    if (current_) lose(*current_);
    for (const size_t index : ready_) lose(*slots_[index]);
    for (const size_t index : taken_) lose(*slots_[index]);
    current_ = nullptr;
    ready_.clear();
    taken_.clear();
  }
  freed_.notify_all();
}

// Only the count is cleared: the writer may still be looking at the memory.
void Table::lose(Slot& slot) {
  for (size_t entry = 0; entry < 3; ++entry) tally_.lost[entry] += std::exchange(slot.counts[entry], 0);
}

void Table::put_back(size_t index) {
  slots_[index]->clear();
  free_.push_back(index);
}

Tally Table::tally() const {
  std::lock_guard lock(mutex_);
  return tally_;
}

}  // namespace shuttle
