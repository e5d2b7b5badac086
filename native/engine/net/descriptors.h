#pragma once
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "../fd.h"

namespace shuttle {

// Messages with the descriptors that go along (SCM_RIGHTS).

// The numbers in a sender's control data. Lengths in it are not trusted.
std::vector<int> descriptor_numbers(std::string_view control);

// Adds an entry to control data.
void put_control(std::string& control, int level, int type, std::string_view data);

// Like sendmsg; `to` may be null. The descriptors stay the caller's; `control` is what else goes along.
ssize_t send_message(int socket, std::string_view bytes, const std::vector<Fd>& handed, const sockaddr* to, socklen_t length, int flags,
                     std::string control = {});

// Like recv, with what came along. `marked`: anything did, credentials too.
ssize_t receive_message(int socket, char* buffer, size_t size, std::vector<Fd>& handed, bool* marked = nullptr);

}  // namespace shuttle
