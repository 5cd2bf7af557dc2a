// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a server listens: a socket in a folder that is its user's alone.
#pragma once

#include <sys/un.h>

#include <string>

#include "base/descriptor.h"
#include "inlay/result.h"

namespace inlay::aot {

/// Where a server listens who was told `socket`: a plain file name is one of the current folder, an empty one is
/// default_socket().
std::string path_of_socket(const std::string& socket);

/// An error if the path is too long for a socket.
Result<sockaddr_un> address_of(const std::string& path);

/// Makes the folder of a path, or checks that it is ours and others have no business there.
Result<void> own_folder_of(const std::string& path);

/// Removes what an earlier server left at the path; an error if anything else is there.
Result<void> clear_place_of_socket(const std::string& path);

/// Whether the other side of a connection is of the same user.
bool is_same_user(int socket);

}  // namespace inlay::aot
