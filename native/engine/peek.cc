#include "peek.h"

#include <algorithm>
#include <cstring>

#include "caller.h"
#include "pieced_text.h"

namespace shuttle {

const Peek::Page* Peek::page_of(uint64_t address) {
  const uint64_t at = address - address % kPage;
  for (const Page& page : pages_)
    if (page.at == at) return page.readable ? &page : nullptr;
  Page& page = pages_[oldest_];
  oldest_ = (oldest_ + 1) % pages_.size();
  page.at = at;
  page.readable = read_memory(tid_, at, page.bytes.data(), kPage);
  return page.readable ? &page : nullptr;
}

bool Peek::number(uint64_t address, size_t width, uint64_t& out) {
  out = 0;
  char bytes[8];
  for (size_t done = 0; done < width;) {  // it may lie across two pages
    const Page* page = page_of(address + done);
    if (!page) return false;
    const size_t from = (address + done) % kPage, size = std::min(width - done, kPage - from);
    memcpy(bytes + done, page->bytes.data() + from, size);
    done += size;
  }
  memcpy(&out, bytes, width);
  return true;
}

bool Peek::text(uint64_t address, std::string& out, size_t limit) {
  return pieced_text(address, out, limit, [this](uint64_t at, size_t most) -> std::string_view {
    const Page* page = page_of(at);
    if (!page) return {};
    return {page->bytes.data() + at % kPage, most};
  });
}

}  // namespace shuttle
