// Which socket calls the engine answers.
#include <errno.h>
#include <sys/syscall.h>

#include "../handlers.h"
#include "connect.h"
#include "interfaces.h"
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

  // Interfaces: 0x8910 to 0x89ff, and those of wireless ones. Where 32-bit calls are let in no socket of elsewhere is.
  using Is = Test::Is;
  x86_64.push_back({SYS_ioctl, 0, on_interface_ioctl, {{1, Is::kAnyBit, 0x8000}, {1, Is::kAnyBit, 0x0800}, {1, Is::kAnyBit, 0x0100},
                                                      {1, Is::kNoBit, 0xffff7600}, {1, Is::kAnyBit, 0x00f0}}});
  x86_64.push_back({SYS_ioctl, EOPNOTSUPP, nullptr, {{1, Is::kAnyBit, 0x8000}, {1, Is::kAnyBit, 0x0800}, {1, Is::kAnyBit, 0x0200},
                                                    {1, Is::kAnyBit, 0x0100}, {1, Is::kNoBit, 0xffff7400}}});

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
