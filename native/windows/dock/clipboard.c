// The VM's clipboard, for others: whether a format is there, its data read (which makes a program render what it put off)
// and, where a rule lets another VM write here, set.
#include "dock.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DATA (64u * 1024 * 1024)
#define OPEN_WITHIN_MS 20000  // a program may have it open

static const struct format {
  const WCHAR *name;
  UINT format;
} kFormats[] = {
    {L"CF_TEXT", CF_TEXT}, {L"CF_SYLK", CF_SYLK}, {L"CF_DIF", CF_DIF},   {L"CF_TIFF", CF_TIFF},     {L"CF_OEMTEXT", CF_OEMTEXT},         {L"CF_DIB", CF_DIB},
    {L"CF_RIFF", CF_RIFF}, {L"CF_WAVE", CF_WAVE}, {L"CF_UNICODETEXT", CF_UNICODETEXT}, {L"CF_HDROP", CF_HDROP}, {L"CF_LOCALE", CF_LOCALE}, {L"CF_DIBV5", CF_DIBV5},
};

// Formats of bytes only: pictures and files of drawings are handles of their own VM. 0: none that can be carried.
static UINT format_of(const WCHAR *name) {
  for (size_t i = 0; i < sizeof kFormats / sizeof *kFormats; i++)
    if (!wcscmp(kFormats[i].name, name)) return kFormats[i].format;
  return wcsncmp(name, L"CF_", 3) ? RegisterClipboardFormatW(name) : 0;
}

static int open_clipboard(void) {
  for (int waited = 0; waited < OPEN_WITHIN_MS; waited += 10) {
    if (OpenClipboard(NULL)) return 1;
    Sleep(10);
  }
  return 0;
}

static void look(struct order *order) {
  const UINT format = format_of(order->name);
  report(order, format && IsClipboardFormatAvailable(format) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND);
}

struct copy {
  uint8_t *bytes;
  SIZE_T count;
};

static NTSTATUS read_data(UINT format, struct copy *copy) {
  if (!format || !open_clipboard()) return STATUS_SHARING_VIOLATION;
  HANDLE data = GetClipboardData(format);
  const void *bytes = data ? GlobalLock(data) : NULL;
  copy->count = bytes ? GlobalSize(data) : 0;
  if (copy->count > MOST_DATA) copy->count = 0;
  copy->bytes = copy->count ? malloc(copy->count) : NULL;
  if (copy->bytes) memcpy(copy->bytes, bytes, copy->count);
  if (bytes) GlobalUnlock(data);
  CloseClipboard();
  return copy->bytes ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static void give(struct order *order) {
  struct copy copy = {0};
  const NTSTATUS status = read_data(format_of(order->name), &copy);
  order->report.extra[0] = copy.count;
  report(order, status);
  for (SIZE_T at = 0; at < copy.count;) {
    const SIZE_T left = copy.count - at;
    const struct sh_frame head = {SH_DATA, left > SH_FRAME_BYTES ? SH_FRAME_MORE : 0, left > SH_FRAME_BYTES ? SH_FRAME_BYTES : (uint32_t)left};
    if (linux_send(order->channel, &head, sizeof head, copy.bytes + at, head.bytes, 0)) break;
    at += head.bytes;
  }
  free(copy.bytes);
  linux_close(order->channel);
}

// All that comes, in a block of its own; null where it is not the size that was said.
static HGLOBAL take_data(int channel, uint64_t size) {
  struct {
    struct sh_frame head;
    uint8_t bytes[SH_FRAME_BYTES];
  } *frame = malloc(sizeof *frame);
  HGLOBAL data = frame && size && size <= MOST_DATA ? GlobalAlloc(GMEM_MOVEABLE, size) : NULL;
  uint8_t *bytes = data ? GlobalLock(data) : NULL;
  uint64_t used = 0;
  while (bytes && used < size) {
    const long long got = linux_receive(channel, frame, sizeof *frame, NULL);
    if (got < (long long)sizeof frame->head || frame->head.bytes != (uint64_t)got - sizeof frame->head || frame->head.bytes > size - used) break;
    memcpy(bytes + used, frame->bytes, frame->head.bytes);
    used += frame->head.bytes;
  }
  free(frame);
  if (bytes) GlobalUnlock(data);
  if (data && used == size) return data;
  if (data) GlobalFree(data);
  return NULL;
}

// extra[0]: bytes that come; extra[1]: not the first format of several.
static void set(struct order *order) {
  const UINT format = format_of(order->name);
  HGLOBAL data = format ? take_data(order->channel, order->said.extra[0]) : NULL;
  const int opened = data && open_clipboard();
  const int done = opened && (order->said.extra[1] || EmptyClipboard()) && SetClipboardData(format, data);
  if (opened) CloseClipboard();
  if (data && !done) GlobalFree(data);
  report(order, done ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL);
  linux_close(order->channel);
}

void obey_clipboard(struct order *order) {
  if (order->said.say == SH_WAIT) return look(order);
  if (order->said.say == SH_OPEN && order->channel >= 0) return give(order);
  if (order->said.say == SH_STAND && order->channel >= 0) return set(order);
  report(order, STATUS_NOT_IMPLEMENTED);
}
