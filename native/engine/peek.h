#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

namespace shuttle {

// Another process's memory, looked at a page at a time: lists of texts mostly lie in few pages, and each look is a call.
// What is seen may have changed since, so it is for the record alone.
class Peek {
 public:
  explicit Peek(pid_t tid) : tid_(tid) {}

  // A number of `width` bytes, 4 or 8; false where it cannot be read.
  bool number(uint64_t address, size_t width, uint64_t& out);
  // A zero-terminated string of at most `limit` bytes; false, with what there is, where it is longer or not readable.
  bool text(uint64_t address, std::string& out, size_t limit);

 private:
  static constexpr uint64_t kPage = 4096;
  struct Page {
    uint64_t at = 1;  // no page begins there
    bool readable = false;
    std::array<char, kPage> bytes;
  };
  // The page that holds an address; null where it cannot be read.
  const Page* page_of(uint64_t address);

  const pid_t tid_;
  std::array<Page, 4> pages_;
  size_t oldest_ = 0;
};

}  // namespace shuttle
