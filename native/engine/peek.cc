#include "peek.h"

#include <algorithm>
#include <cstring>

#include "caller.h"

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
  out.clear();
  while (out.size() < limit) {
    const Page* page = page_of(address + out.size());
    if (!page) return false;
    const size_t from = (address + out.size()) % kPage, size = std::min(limit - out.size(), kPage - from);
    const char* begin = page->bytes.data() + from;
    if (const void* end = memchr(begin, 0, size)) {
      out.append(begin, static_cast<size_t>(static_cast<const char*>(end) - begin));
      return true;
    }
    out.append(begin, size);
  }
  return false;
}

}  // namespace shuttle
