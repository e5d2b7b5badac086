// Which socket calls the engine answers.
#include <errno.h>
#include <sys/syscall.h>

#include "../handlers.h"
#include "connect.h"
#include "sends.h"
#include "socketcall.h"

namespace shuttle {

void add_socket_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  const std::vector<Test> with_address = {{4, Test::Is::kNotZero, 0}};
  x86_64.push_back({SYS_connect, 0, on_connect, {}});
  x86_64.push_back({SYS_bind, 0, on_bind, {}});
  x86_64.push_back({SYS_listen, 0, on_listen, {}});
  x86_64.push_back({SYS_sendto, 0, on_sendto, with_address});
  x86_64.push_back({SYS_sendmsg, 0, on_sendmsg, {}});
  x86_64.push_back({SYS_sendmmsg, 0, on_sendmmsg, {}});

  // The 32-bit calls have the same arguments; the structs of sendmsg are told apart where they are read.
  i386.push_back({361, 0, on_bind, {}});
  i386.push_back({362, 0, on_connect, {}});
  i386.push_back({363, 0, on_listen, {}});
  i386.push_back({369, 0, on_sendto, with_address});
  i386.push_back({370, 0, on_sendmsg, {}});
  i386.push_back({345, 0, on_sendmmsg, {}});
  i386.push_back({102, 0, on_socketcall, {}});
}

}  // namespace shuttle
