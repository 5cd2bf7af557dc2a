// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a server and those who ask it say to each other, and how: a magic word, a length, that many bytes. The first
// thing in each message is the version of who sent it; the rest is only read by the same version. The server speaks
// first, with its version alone, and at once: who hears nothing talks to something else, or to one that is stuck.
#pragma once

#include <optional>
#include <string>

#include "base/serial.h"
#include "inlay/serve.h"

namespace inlay::aot {

struct Answer {
  bool same_version = true;
  std::optional<Error> error;  // otherwise the report counts
  BuildReport report;
};

base::Bytes write_greeting();
/// Whether it is one of this version.
bool is_greeting(std::span<const std::byte> bytes);

base::Bytes write_request(const BuildRequest& request);
/// Nothing if it is no request of this version.
std::optional<BuildRequest> read_request(std::span<const std::byte> bytes);

base::Bytes write_answer(const Answer& answer);
std::optional<Answer> read_answer(std::span<const std::byte> bytes);

/// Sends a message; false if the other side is gone.
bool send_message(int socket, std::span<const std::byte> message);
/// Nothing if the other side is gone, says nothing for too long (SO_RCVTIMEO), or what it says is no message.
std::optional<base::Bytes> receive_message(int socket);

}  // namespace inlay::aot
