// COM classes. Each VM activates its own; what it has no class for may be another VM's. That one's dock makes the class's
// object known there, and what comes is a reference, of which COM here makes an object as it does of any.
#include "../com_wire.h"
#include "export.h"
#include "json.h"
#include "line.h"
#include "patch.h"
#include "windows.h"

#define CINTERFACE
#include <objidl.h>
#include <string.h>
// after them
#include "../com_ids.h"

#define STARTS 4
#define NOT_REGISTERED ((HRESULT)SH_CLASS_NOT_REGISTERED)
#define NO_SUCH_NAME ((HRESULT)0x800401f3)  // CO_E_CLASSSTRING
#define MOST_CLASS_NAME 256

static const GUID kSecurity = {0x13d, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};  // which objects of other processes have

static struct name name_class_id(const GUID *id, WCHAR *out) {
  static const char order[] = "3210-54-76-89-abcdef";  // which byte comes where, in hexadecimal
  const uint8_t *bytes = (const uint8_t *)id;
  uint32_t used = 0;
  out[used++] = '{';
  for (const char *each = order; *each; each++) {
    if (*each == '-') {
      out[used++] = '-';
      continue;
    }
    const uint8_t byte = bytes[*each <= '9' ? *each - '0' : *each - 'a' + 10];
    out[used++] = (WCHAR) "0123456789abcdef"[byte >> 4];
    out[used++] = (WCHAR) "0123456789abcdef"[byte & 15];
  }
  out[used++] = '}';
  return (struct name){"", out, used};
}

static const void *combase(const char *function) {
  static const WCHAR text[] = L"combase.dll";
  const UNICODE_STRING name = {sizeof text - sizeof *text, sizeof text, (WCHAR *)text};
  HMODULE library;
  return LdrGetDllHandle(NULL, 0, &name, &library) ? NULL : find_export(library, function);
}

static HRESULT object_of(const uint8_t *reference, ULONG bytes, const GUID *kind, void **got) {
  HRESULT(WINAPI * make_stream)(HGLOBAL, BOOL, IStream **) = (void *)(ULONG_PTR)combase("CreateStreamOnHGlobal");
  HRESULT(WINAPI * unmarshal)(IStream *, REFIID, void **) = (void *)(ULONG_PTR)combase("CoUnmarshalInterface");
  IStream *stream;
  const LARGE_INTEGER start = {{0, 0}};
  HRESULT result = make_stream && unmarshal ? make_stream(NULL, TRUE, &stream) : E_UNEXPECTED;
  if (result < 0) return result;
  result = stream->lpVtbl->Write(stream, reference, bytes, NULL);
  if (result >= 0) result = stream->lpVtbl->Seek(stream, start, STREAM_SEEK_SET, NULL);
  if (result >= 0) result = unmarshal(stream, kind, got);
  stream->lpVtbl->Release(stream);
  return result;
}

// The class's object in another VM; the row is the engine's.
static HRESULT far_class(const GUID *id, const GUID *kind, void **got) {
  WCHAR text[SH_CLASS_CHARS];
  uint8_t reference[SH_MOST_REFERENCE];
  struct answer answer;
  struct told_text told = {reference, sizeof reference, 0};
  const struct name name = name_class_id(id, text);
  *got = NULL;
  if (!ask_for_text(OP_COM_ACTIVATE, &name, NULL, STARTS, NULL, &answer, &told)) return note(OP_COM_ACTIVATE, &name, STARTS, NOT_REGISTERED, NULL), NOT_REGISTERED;
  if (answer.verdict != SH_DONE) return NOT_REGISTERED;
  return answer.status ? answer.status : object_of(reference, told.bytes, kind, got);
}

enum { IN_PROCESS = 3, LOCAL_SERVER = 4 };  // contexts

static int is_elsewhere(IUnknown *object) {
  IUnknown *security = NULL;
  if (!object || object->lpVtbl->QueryInterface(object, &kSecurity, (void **)&security) < 0) return 0;
  security->lpVtbl->Release(security);
  return 1;
}

// A class of this VM, unless its code was loaded into the program itself.
static void note_activated(const GUID *id, DWORD context, void *object) {
  WCHAR text[SH_CLASS_CHARS];
  const struct name name = name_class_id(id, text);
  if (!(context & LOCAL_SERVER) || ((context & IN_PROCESS) && !is_elsewhere(object))) return;
  if (!seen_before(OP_COM_ACTIVATE, &name, 0)) note(OP_COM_ACTIVATE, &name, STARTS, 0, NULL);
}

static int looks_elsewhere(const GUID *id, DWORD context, HRESULT result) { return id && (context & LOCAL_SERVER) && result == NOT_REGISTERED; }

PATCH("combase.dll", HRESULT, CoGetClassObject, (const GUID *id, DWORD context, void *server, const GUID *kind, void **got)) {
  HRESULT result = PATCHED(CoGetClassObject)(id, context, server, kind, got);
  const DWORD error = *last_error();
  if (result >= 0 && got) note_activated(id, context, *got);
  else if (got && kind && !server && looks_elsewhere(id, context, result)) result = far_class(id, kind, got);
  *last_error() = error;
  return result;
}

static HRESULT query_all(IUnknown *object, ULONG count, MULTI_QI *wanted) {
  ULONG had = 0;
  for (ULONG i = 0; i < count; i++) {
    wanted[i].pItf = NULL;
    wanted[i].hr = object->lpVtbl->QueryInterface(object, wanted[i].pIID, (void **)&wanted[i].pItf);
    had += wanted[i].hr >= 0;
  }
  return had == count ? S_OK : had ? CO_S_NOTALLINTERFACES : E_NOINTERFACE;
}

static HRESULT far_object(const GUID *id, ULONG count, MULTI_QI *wanted) {
  IClassFactory *factory;
  IUnknown *object = NULL;
  HRESULT result = far_class(id, &kFactory, (void **)&factory);
  if (result < 0) return result;
  result = factory->lpVtbl->CreateInstance(factory, NULL, count == 1 ? wanted->pIID : &kUnknown, (void **)&object);
  factory->lpVtbl->Release(factory);
  if (result < 0) return result;
  if (count == 1) return wanted->pItf = object, wanted->hr = result;
  result = query_all(object, count, wanted);
  object->lpVtbl->Release(object);
  return result;
}

// CoCreateInstance comes by here as well.
PATCH("combase.dll", HRESULT, CoCreateInstanceEx, (const GUID *id, IUnknown *outer, DWORD context, void *server, ULONG count, MULTI_QI *wanted)) {
  HRESULT result = PATCHED(CoCreateInstanceEx)(id, outer, context, server, count, wanted);
  const DWORD error = *last_error();
  if (result >= 0 && count && wanted) note_activated(id, context, wanted->pItf);
  else if (count && wanted && !outer && !server && looks_elsewhere(id, context, result)) result = far_object(id, count, wanted);
  *last_error() = error;
  return result;
}

// Offered to other programs from now on.
PATCH("combase.dll", HRESULT, CoRegisterClassObject, (const GUID *id, IUnknown *factory, DWORD context, DWORD flags, DWORD *cookie)) {
  const HRESULT result = PATCHED(CoRegisterClassObject)(id, factory, context, flags, cookie);
  const DWORD error = *last_error();
  WCHAR text[SH_CLASS_CHARS];
  if (result >= 0 && id && (context & LOCAL_SERVER)) {
    const struct name name = name_class_id(id, text);
    serve(OP_COM_ACTIVATE, &name, NULL);
    note(OP_COM_ACTIVATE, &name, 0, 0, "{\"offered\":true}");
  }
  *last_error() = error;
  return result;
}

// Names that stand for classes (`Excel.Application`): what they stand for is looked up where the class is.
static HRESULT class_named(const WCHAR *text, GUID *id) {
  const uint64_t extra[4] = {SH_COM_NAME, 0, 0, 0};
  struct name name = {"", text, 0};
  WCHAR class[SH_CLASS_CHARS + 1];
  uint8_t said[SH_CLASS_CHARS];
  struct answer answer;
  struct told_text told = {said, sizeof said, 0};
  HRESULT(WINAPI * parse)(const WCHAR *, GUID *) = (void *)(ULONG_PTR)combase("IIDFromString");
  while (name.chars < MOST_CLASS_NAME && text[name.chars]) name.chars++;
  if (!name.chars || name.chars == MOST_CLASS_NAME || *text == '{' || !parse) return NO_SUCH_NAME;
  if (!ask_for_text(OP_COM_ACTIVATE, &name, NULL, STARTS, extra, &answer, &told) || answer.verdict != SH_DONE || told.bytes != SH_CLASS_CHARS) return NO_SUCH_NAME;
  for (uint32_t i = 0; i < SH_CLASS_CHARS; i++) class[i] = said[i];
  class[SH_CLASS_CHARS] = 0;
  return parse(class, id);
}

PATCH("combase.dll", HRESULT, CLSIDFromString, (const WCHAR *text, GUID *id)) {
  const HRESULT result = PATCHED(CLSIDFromString)(text, id);
  return result == NO_SUCH_NAME && text && id ? class_named(text, id) : result;
}
PATCH("combase.dll", HRESULT, CLSIDFromProgID, (const WCHAR *text, GUID *id)) {
  const HRESULT result = PATCHED(CLSIDFromProgID)(text, id);
  return result == NO_SUCH_NAME && text && id ? class_named(text, id) : result;
}
