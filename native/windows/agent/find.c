// Looking for windows. What this VM has comes first, and the dock's stand-ins are not among it: each look for what is
// elsewhere is asked about anew, so that the rules decide and the record says so.
#include "../window_wire.h"
#include "hook.h"
#include "json.h"
#include "line.h"
#include "windows.h"

static const struct name kNothing = {"", NULL, 0};

static struct name text_of(const UNICODE_STRING *text) { return (struct name){"", text->Buffer, text->Length / (uint32_t)sizeof(WCHAR)}; }

struct look {
  HWND parent, after;
  const UNICODE_STRING *class, *title;
};

USE(ULONG, NtUserGetAtomName, (USHORT atom, UNICODE_STRING *name));

// What is asked for elsewhere: none of the parent's or the sibling's handles means anything there but a stand-in's.
static HWND look_elsewhere(const struct look *look, const struct name *class, const struct name *title, const char *detail) {
  uint64_t extra[4] = {(look->class ? SH_BY_CLASS : 0) | (look->title ? SH_BY_TITLE : 0), (ULONG_PTR)look->parent, (ULONG_PTR)look->after, 0};
  struct answer answer;
  if ((!class->chars && !title->chars) || !ask_two(OP_WINDOW_FIND, class, title, 0, extra, detail, &answer)) {
    const struct name any = {"*", NULL, 0};
    note(OP_WINDOW_FIND, class->chars ? class : &any, 0, STATUS_OBJECT_NAME_NOT_FOUND, detail);
    return NULL;
  }
  // Its dock may have been killed a moment ago, and be missed by nobody yet.
  if (answer.verdict == SH_DONE && !is_foreign((HWND)(ULONG_PTR)answer.extra[0])) {
    extra[3] = answer.extra[0];
    ask_two(OP_WINDOW_FIND, class, title, 0, extra, detail, &answer);
  }
  return answer.verdict == SH_DONE ? (HWND)(ULONG_PTR)answer.extra[0] : NULL;
}

HOOK(HWND, NtUserFindWindowEx, (HWND parent, HWND after, UNICODE_STRING *class, UNICODE_STRING *title, ULONG flags)) {
  const DWORD before = *last_error();
  const int inside = parent && (ULONG_PTR)parent != (ULONG_PTR)HWND_MESSAGE && is_stand_in(parent), behind = after && is_stand_in(after);
  HWND found = inside || behind ? NULL : ORIGINAL(NtUserFindWindowEx)(parent, after, class, title, flags);
  const DWORD error = inside || behind ? before : *last_error();
  while (found && is_stand_in(found)) found = ORIGINAL(NtUserFindWindowEx)(parent, found, class, title, flags);

  // A class can be an atom in a pointer's place.
  WCHAR room[MOST_CLASS];
  UNICODE_STRING atom = {0, sizeof room, room};
  struct name named = kNothing, titled = title && title->Buffer ? text_of(title) : kNothing;
  if (class && (ULONG_PTR)class->Buffer > 0xffff) named = text_of(class);
  else if (class && ORIGINAL(NtUserGetAtomName) && ORIGINAL(NtUserGetAtomName)((USHORT)(ULONG_PTR)class->Buffer, &atom)) named = text_of(&atom);
  struct json json;
  json_begin(&json);
  if (title && title->Buffer) json_wide(&json, "title", titled.text, titled.chars);
  const struct look look = {parent, after, named.chars ? class : NULL, title && title->Buffer ? title : NULL};
  // Children of what is here are nobody else's affair.
  const int elsewhere = !found && (!parent || (ULONG_PTR)parent == (ULONG_PTR)HWND_MESSAGE || inside) && (!after || behind);
  if (elsewhere) {
    found = look_elsewhere(&look, &named, &titled, json.text);
  } else {
    const struct name any = {"*", NULL, 0};
    note(OP_WINDOW_FIND, named.chars ? &named : &any, 0, found ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND, json.text);
  }
  *last_error() = error;
  return found;
}

// Others may look for a window from the moment it is there. One that is inside another is found by way of that.
HOOK(HWND, NtUserCreateWindowEx,
     (DWORD ex_style, UNICODE_STRING *class, UNICODE_STRING *version, UNICODE_STRING *title, DWORD style, INT x, INT y, INT cx, INT cy, HWND parent, HMENU menu, HINSTANCE instance, void *params, DWORD flags, HINSTANCE client, DWORD unknown, BOOL ansi)) {
  const HWND made = ORIGINAL(NtUserCreateWindowEx)(ex_style, class, version, title, style, x, y, cx, cy, parent, menu, instance, params, flags, client, unknown, ansi);
  const DWORD error = *last_error();
  WCHAR room[MOST_CLASS];
  struct name name;
  if (made && (style & (WS_CHILD | WS_POPUP)) != WS_CHILD) {
    name_class(made, room, &name);
    if (name.chars && !seen_before(OP_WINDOW_FIND, &name, 0)) serve(OP_WINDOW_FIND, &name, NULL);
  }
  *last_error() = error;
  return made;
}
