// COM classes of this VM for others: whether one is registered here, and a reference to its object, for which COM starts its
// server where it does not run.
#include "../com_wire.h"
#include "dock.h"

#define CINTERFACE
#include <objidl.h>
#include <winreg.h>
// after them
#include "../com_ids.h"

// COM is loaded when it is first needed: most docks never do.
#define COM(result, function, parameters) typedef result(WINAPI *function##_type) parameters
COM(HRESULT, CoInitializeEx, (void *, DWORD));
COM(void, CoUninitialize, (void));
COM(HRESULT, CoGetClassObject, (REFCLSID, DWORD, void *, REFIID, void **));
COM(HRESULT, CoMarshalInterface, (IStream *, REFIID, IUnknown *, DWORD, void *, DWORD));
COM(HRESULT, CoReleaseMarshalData, (IStream *));
COM(HRESULT, CreateStreamOnHGlobal, (HGLOBAL, BOOL, IStream **));
COM(HRESULT, CLSIDFromString, (LPCOLESTR, CLSID *));
COM(int, StringFromGUID2, (REFGUID, LPOLESTR, int));

static FARPROC com(const char *function) {
  static HMODULE library;
  if (!library) library = LoadLibraryW(L"combase.dll");
  return library ? GetProcAddress(library, function) : NULL;
}
#define CALL(function) ((function##_type)(void *)com(#function))

static int has_value(const WCHAR *key, const WCHAR *value) { return RegGetValueW(HKEY_CLASSES_ROOT, key, value, RRF_RT_REG_SZ, NULL, NULL, NULL) == ERROR_SUCCESS; }

// With a program or a service of its own.
static int is_registered(const WCHAR *class) {
  WCHAR key[128], application[64];
  DWORD bytes = sizeof application;
  wsprintfW(key, L"CLSID\\%s\\LocalServer32", class);
  if (has_value(key, NULL)) return 1;
  wsprintfW(key, L"CLSID\\%s", class);
  if (RegGetValueW(HKEY_CLASSES_ROOT, key, L"AppID", RRF_RT_REG_SZ, NULL, application, &bytes) != ERROR_SUCCESS) return 0;
  wsprintfW(key, L"AppID\\%s", application);
  return has_value(key, L"LocalService");
}

static void look_for_class(struct order *order) { report(order, order->chars == SH_CLASS_CHARS && is_registered(order->name) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND); }

static void look_for_name(struct order *order) {
  CLSID id;
  WCHAR class[SH_CLASS_CHARS + 1];
  char text[SH_CLASS_CHARS];
  if (!com("CLSIDFromString") || FAILED(CALL(CLSIDFromString)(order->name, &id)) || CALL(StringFromGUID2)(&id, class, SH_CLASS_CHARS + 1) != SH_CLASS_CHARS + 1 || !is_registered(class))
    return report(order, STATUS_OBJECT_NAME_NOT_FOUND);
  for (int i = 0; i < SH_CLASS_CHARS; i++) text[i] = (char)(class[i] >= 'A' && class[i] <= 'F' ? class[i] + 32 : class[i]);
  report_text(order, STATUS_SUCCESS, text, SH_CLASS_CHARS);
}

// What another process makes of the object by, as COM writes it: it holds the object until it was used.
static HRESULT reference_to(IUnknown *object, REFIID kind, char *out, ULONG *bytes) {
  IStream *stream;
  HRESULT result = CALL(CreateStreamOnHGlobal)(NULL, TRUE, &stream);
  if (FAILED(result)) return result;
  const LARGE_INTEGER start = {0};
  ULARGE_INTEGER written = {0};
  const LARGE_INTEGER here = {0};
  result = CALL(CoMarshalInterface)(stream, kind, object, MSHCTX_LOCAL, NULL, MSHLFLAGS_NORMAL);
  if (SUCCEEDED(result)) result = stream->lpVtbl->Seek(stream, here, STREAM_SEEK_CUR, &written);
  if (SUCCEEDED(result)) result = stream->lpVtbl->Seek(stream, start, STREAM_SEEK_SET, NULL);
  if (SUCCEEDED(result) && written.QuadPart > SH_MOST_REFERENCE) CALL(CoReleaseMarshalData)(stream), result = E_FAIL;
  if (SUCCEEDED(result)) result = stream->lpVtbl->Read(stream, out, (ULONG)written.QuadPart, bytes);
  stream->lpVtbl->Release(stream);
  return result;
}

static HRESULT activate(const WCHAR *class, char *out, ULONG *bytes) {
  CLSID id;
  IUnknown *object = NULL;
  const GUID *kind = &kFactory;
  HRESULT result = CALL(CLSIDFromString)(class, &id);
  if (SUCCEEDED(result)) result = CALL(CoGetClassObject)(&id, CLSCTX_LOCAL_SERVER, NULL, kind, (void **)&object);
  if (result == E_NOINTERFACE) result = CALL(CoGetClassObject)(&id, CLSCTX_LOCAL_SERVER, NULL, kind = &kUnknown, (void **)&object);
  if (FAILED(result)) return result;
  result = reference_to(object, kind, out, bytes);
  object->lpVtbl->Release(object);
  return result;
}

static void give_class(struct order *order) {
  char reference[SH_MOST_REFERENCE];
  ULONG bytes = 0;
  HRESULT result = com("CoInitializeEx") ? CALL(CoInitializeEx)(NULL, COINIT_MULTITHREADED) : SH_CLASS_NOT_REGISTERED;
  if (FAILED(result)) return report(order, result);
  result = activate(order->name, reference, &bytes);
  if (SUCCEEDED(result)) report_text(order, STATUS_SUCCESS, reference, bytes);
  else report(order, result);
  CALL(CoUninitialize)();
}

static DWORD WINAPI obey(void *given) {
  struct order *order = given;
  if (order->said.say == SH_OPEN) give_class(order);
  else if (order->said.extra[0] == SH_COM_NAME) look_for_name(order);
  else look_for_class(order);
  return 0;
}

// COM needs more of a stack than those who carry.
void obey_com(struct order *order) {
  HANDLE thread = CreateThread(NULL, 512 * 1024, obey, order, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (!thread) report(order, STATUS_NO_MEMORY);
  else WaitForSingleObject(thread, INFINITE), CloseHandle(thread);
  if (order->channel >= 0) linux_close(order->channel);
}
