#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "interner.h"
#include "slot.h"

namespace shuttle {

// A name made ready outside the table's lock: valid text, and its hash. An empty name stands for null.
class Name {
 public:
  Name(std::string_view raw, const HashKey& key);
  std::string_view text() const { return text_; }
  const Hash128& hash() const { return hash_; }

 private:
  std::string scratch_;
  std::string_view text_;
  Hash128 hash_;
};

// How many rows of each ledger entry came, were written, and were lost.
struct Tally {
  uint64_t seen[3] = {}, stored[3] = {}, lost[3] = {};
};

// One table while it is recorded: a fixed number of slots that go round from the engine's threads, which fill one at a
// time, to the writer, which takes full ones in order and gives them back.
class Table {
 public:
  // `sealed` is called, with the table locked, when a slot became ready to be taken.
  Table(TableShape shape, size_t max_name_bytes, std::function<void()> sealed);

  // Fills one row: `fill(slot)` puts every column, names first, and may refuse by returning false. Waits while no slot is free. False if
  // the row is lost: refused, or nobody writes any more.
  template <class Fill>
  bool append(size_t entry, size_t heap_bytes, Fill&& fill) {
    std::unique_lock lock(mutex_);
    ++tally_.seen[entry];
    if (make_room(lock, heap_bytes)) {
      if (fill(*current_)) {
        current_->end_row();
        ++current_->counts[entry];
        ++rows_;
        return true;
      }
      current_->drop_row();
    }
    ++tally_.lost[entry];
    return false;
  }
  // Only inside `fill`.
  bool put_name(Slot& slot, size_t column, const Name& name);
  // Rows that were lost before they came here.
  void lost(size_t entry, uint64_t rows);
  uint64_t rows() const { return rows_; }

  // For the writer.
  struct Taken {
    size_t index;
    const Slot* slot;
  };
  std::optional<Taken> take();
  // Gives a slot back. Rows that were not stored are lost, and so is all that follows: the stream ends where it broke.
  void release(size_t index, bool stored);
  void flush();
  // No more rows are taken in; what is there can still be written.
  void close();
  // The writer is gone: whatever it did not store is lost, and nobody waits for it.
  void abandon();

  Tally tally() const;
  const TableShape& shape() const { return shape_; }
  const Layout& layout() const { return layout_; }
  const std::vector<std::unique_ptr<Slot>>& slots() const { return slots_; }

 private:
  bool make_room(std::unique_lock<std::mutex>& lock, size_t heap_bytes);
  void seal();
  void lose(Slot& slot);
  void put_back(size_t index);

  const TableShape shape_;
  const Layout layout_;
  const std::function<void()> sealed_;
  std::vector<std::unique_ptr<Slot>> slots_;

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<size_t> free_;   // the last one is used first, so that a quiet run touches little memory
  std::deque<size_t> ready_;   // in the order they were filled
  std::vector<size_t> taken_;
  Slot* current_ = nullptr;
  size_t current_index_ = 0;
  bool closed_ = false, abandoned_ = false;
  uint64_t rows_ = 0;
  Tally tally_;
  std::vector<Interner> names_;  // by column
};

}  // namespace shuttle
