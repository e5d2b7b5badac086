// Which messages may cross. Those of the system below WM_USER are named one by one: what is not here points into its
// sender's memory, holds a handle, or is between a window and the system. From WM_USER on a message is its program's own
// and its two values are numbers, as between any two processes.
#include "window.h"

struct range {
  UINT first, last;
  enum sh_shape shape;
};
static const struct range kRanges[] = {
    {WM_NULL, WM_NULL, SH_SHAPE_NUMBERS},
    {WM_ENABLE, WM_SETREDRAW, SH_SHAPE_NUMBERS},
    {WM_SETTEXT, WM_SETTEXT, SH_SHAPE_TEXT},
    {WM_GETTEXT, WM_GETTEXT, SH_SHAPE_TEXT_OUT},
    {WM_GETTEXTLENGTH, WM_GETTEXTLENGTH, SH_SHAPE_NUMBERS},
    {WM_CLOSE, WM_QUIT, SH_SHAPE_NUMBERS},
    {WM_ENDSESSION, WM_ENDSESSION, SH_SHAPE_NUMBERS},
    {WM_CANCELMODE, WM_CANCELMODE, SH_SHAPE_NUMBERS},
    {WM_COPYDATA, WM_COPYDATA, SH_SHAPE_BYTES},
    {EM_SETSEL, EM_SETSEL, SH_SHAPE_NUMBERS},
    {EM_LINESCROLL, EM_SCROLLCARET, SH_SHAPE_NUMBERS},
    {EM_GETMODIFY, EM_LINEINDEX, SH_SHAPE_NUMBERS},
    {EM_LINELENGTH, EM_LINELENGTH, SH_SHAPE_NUMBERS},
    {EM_REPLACESEL, EM_REPLACESEL, SH_SHAPE_TEXT},
    {EM_LIMITTEXT, EM_UNDO, SH_SHAPE_NUMBERS},
    {EM_LINEFROMCHAR, EM_LINEFROMCHAR, SH_SHAPE_NUMBERS},
    {EM_EMPTYUNDOBUFFER, EM_SETREADONLY, SH_SHAPE_NUMBERS},
    {BM_GETCHECK, BM_CLICK, SH_SHAPE_NUMBERS},
    {WM_KEYFIRST, WM_SYSDEADCHAR, SH_SHAPE_NUMBERS},
    {WM_COMMAND, WM_VSCROLL, SH_SHAPE_NUMBERS},
    {CB_GETCOUNT, CB_GETCURSEL, SH_SHAPE_NUMBERS},
    {CB_RESETCONTENT, CB_RESETCONTENT, SH_SHAPE_NUMBERS},
    {CB_SETCURSEL, CB_SHOWDROPDOWN, SH_SHAPE_NUMBERS},
    {LB_RESETCONTENT, LB_GETCURSEL, SH_SHAPE_NUMBERS},
    {LB_GETTEXTLEN, LB_GETCOUNT, SH_SHAPE_NUMBERS},
    {WM_MOUSEFIRST, WM_MOUSEWHEEL, SH_SHAPE_NUMBERS},
    {WM_HOTKEY, WM_HOTKEY, SH_SHAPE_NUMBERS},
    {WM_APPCOMMAND, WM_APPCOMMAND, SH_SHAPE_NUMBERS},
    {WM_USER, 0xffff, SH_SHAPE_NUMBERS},
};

// Between a window and the system, whichever window it is: nothing that a program says to another VM's.
int is_the_systems(UINT message) {
  static const UINT all[] = {WM_ACTIVATE,     WM_SETFOCUS,         WM_KILLFOCUS,       WM_SHOWWINDOW,      WM_SETTINGCHANGE, WM_ACTIVATEAPP,  WM_GETMINMAXINFO,
                             WM_WINDOWPOSCHANGING, WM_WINDOWPOSCHANGED, WM_STYLECHANGING, WM_STYLECHANGED, WM_DISPLAYCHANGE, WM_GETICON,     WM_NCCALCSIZE,
                             WM_NCACTIVATE,   WM_PARENTNOTIFY,     WM_DEVICECHANGE,    WM_IME_SETCONTEXT,  WM_IME_NOTIFY,    WM_SYNCPAINT,    WM_NCPAINT,
                             WM_ERASEBKGND,   WM_PAINT,            WM_DESTROY,         WM_NCDESTROY};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i] == message) return 1;
  return 0;
}

enum sh_shape shape_of(UINT message, WPARAM w, LPARAM l) {
  (void)w;
  // A timer's second value is a procedure to be called, a control's a window.
  if ((message == WM_TIMER || message == WM_COMMAND) && l) return SH_SHAPE_NONE;
  for (size_t i = 0; i < sizeof kRanges / sizeof *kRanges; i++)
    if (message >= kRanges[i].first && message <= kRanges[i].last) return kRanges[i].shape;
  return SH_SHAPE_NONE;
}
