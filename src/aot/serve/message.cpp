// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/message.h"

#include <sys/socket.h>

#include <bit>
#include <cerrno>

#include "aot/serve/version.h"

namespace inlay::aot {

namespace {

constexpr std::uint32_t Magic = 0x594c4e49;  // INLY
constexpr std::uint32_t LargestMessage = 1 << 20;

struct Head {
  std::uint32_t magic = Magic;
  std::uint32_t size = 0;
};

void write_list(base::Writer& to, const std::vector<std::string>& list) {
  to.number(list.size());
  for (const std::string& text : list) to.text(text);
}

std::vector<std::string> read_list(base::Reader& from) {
  std::vector<std::string> list(static_cast<std::size_t>(from.number_up_to(from.left())));
  for (std::string& text : list) text = from.text();
  return list;
}

constexpr unsigned LastLevel = static_cast<unsigned>(Level::Quick);
constexpr unsigned ErrorKindCount = 0
#define INLAY_ERROR(Name, Text) +1
#include "inlay/errors.def"
    ;

bool is_ours(std::string_view version) { return !version.empty() && version == version_text(); }

}  // namespace

base::Bytes write_greeting() {
  base::Bytes bytes;
  base::Writer(bytes).text(version_text());
  return bytes;
}

bool is_greeting(std::span<const std::byte> bytes) {
  base::Reader from(bytes);
  return is_ours(from.text()) && from.good() && from.at_end();
}

base::Bytes write_request(const BuildRequest& request) {
  base::Bytes bytes;
  base::Writer to(bytes);
  to.text(version_text());
  to.text(request.directory);
  write_list(to, request.sources);
  write_list(to, request.libraries);
  to.text(request.output);
  to.byte(static_cast<unsigned>(request.level));
  to.byte(request.strip);
  to.byte(request.native);
  return bytes;
}

std::optional<BuildRequest> read_request(std::span<const std::byte> bytes) {
  base::Reader from(bytes);
  if (!is_ours(from.text())) return std::nullopt;
  BuildRequest request;
  request.directory = from.text();
  request.sources = read_list(from);
  request.libraries = read_list(from);
  request.output = from.text();
  const unsigned level = from.byte(), strip = from.byte(), native = from.byte();
  if (!from.good() || !from.at_end() || level > LastLevel || strip > 1 || native > 1) return std::nullopt;
  request.level = static_cast<Level>(level);
  request.strip = strip != 0;
  request.native = native != 0;
  return request;
}

base::Bytes write_answer(const Answer& answer) {
  base::Bytes bytes;
  base::Writer to(bytes);
  to.text(version_text());
  to.byte(answer.same_version);
  to.byte(answer.error.has_value());
  if (answer.error) {
    to.number(static_cast<unsigned>(answer.error->kind()));
    to.text(answer.error->message());
    to.text(answer.error->place().file);
    to.number(answer.error->place().line);
    to.number(answer.error->place().column);
    write_list(to, answer.error->notes());
    return bytes;
  }
  to.number(answer.report.functions);
  to.number(answer.report.compiled);
  to.number(answer.report.data);
  to.number(answer.report.bytes);
  to.byte(answer.report.incremental);
  to.number(answer.report.times.size());
  for (const auto& [what, milliseconds] : answer.report.times) {
    to.text(what);
    to.number(std::bit_cast<std::uint64_t>(milliseconds));
  }
  return bytes;
}

std::optional<Answer> read_answer(std::span<const std::byte> bytes) {
  base::Reader from(bytes);
  Answer answer;
  const bool same = is_ours(from.text());
  answer.same_version = from.byte() == 1 && same;
  if (!from.good()) return std::nullopt;
  if (!answer.same_version) return answer;
  if (from.byte() != 0) {
    const auto kind = from.number_up_to(ErrorKindCount - 1);
    std::string message(from.text());
    Place place;
    place.file = from.text();
    place.line = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
    place.column = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
    Error error(static_cast<ErrorKind>(kind), std::move(message), std::move(place));
    for (std::string& note : read_list(from)) static_cast<void>(std::move(error).with_note(std::move(note)));
    answer.error = std::move(error);
  } else {
    answer.report.functions = from.number();
    answer.report.compiled = from.number();
    answer.report.data = from.number();
    answer.report.bytes = from.number();
    answer.report.incremental = from.byte() != 0;
    answer.report.times.resize(static_cast<std::size_t>(from.number_up_to(from.left())));
    for (auto& [what, milliseconds] : answer.report.times) {
      what = from.text();
      milliseconds = std::bit_cast<double>(from.number());
    }
  }
  if (!from.good() || !from.at_end()) return std::nullopt;
  return answer;
}

bool send_message(int socket, std::span<const std::byte> message) {
  const Head head{.size = static_cast<std::uint32_t>(message.size())};
  const auto send_all = [&](std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  };
  return message.size() <= LargestMessage && send_all(std::as_bytes(std::span(&head, 1))) && send_all(message);
}

std::optional<base::Bytes> receive_message(int socket) {
  const auto receive_all = [&](std::span<std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::recv(socket, bytes.data(), bytes.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
  };
  Head head;
  if (!receive_all(std::as_writable_bytes(std::span(&head, 1)))) return std::nullopt;
  if (head.magic != Magic || head.size > LargestMessage) return std::nullopt;
  base::Bytes message(head.size);
  if (!receive_all(message)) return std::nullopt;
  return message;
}

}  // namespace inlay::aot
