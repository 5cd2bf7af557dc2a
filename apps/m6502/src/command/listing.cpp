// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay-6502 disassemble`.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "command/run.h"
#include "command/session.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502::command {

namespace {

void list(const Session& session, const std::vector<std::uint8_t>& memory, std::uint32_t from, std::uint32_t to) {
  const Peek peek = [&](std::uint16_t address) { return memory[address]; };
  for (std::uint32_t pc = from; pc <= to;) {
    const auto at = static_cast<std::uint16_t>(pc);
    if (const std::string_view name = session.labels.name_of(at); !name.empty())
      std::printf("%.*s:\n", static_cast<int>(name.size()), name.data());
    const InstructionBytes bytes = instruction_at(peek, at);
    const auto length = static_cast<std::uint32_t>(length_of(opcode_text(session.variant, bytes[0]).mode));
    // What a label points into was not meant as one instruction; nor is one what the file does not have all of.
    bool whole = pc + length - 1 <= to;
    for (std::uint32_t k = 1; k < length && whole; ++k)
      whole = session.labels.name_of(static_cast<std::uint16_t>(pc + k)).empty();
    if (whole) {
      std::printf("%s\n", listing_line(session.variant, at, bytes, &session.labels).c_str());
      pc += length;
    } else {
      std::printf("%04X  %02X        .byte $%02X\n", at, bytes[0], bytes[0]);
      ++pc;
    }
  }
}

Result<void> disassemble_program(const Options& options) {
  INLAY_TRY(const std::unique_ptr<Session> session, read_program(options));
  const std::vector<std::uint8_t> memory = memory_of(session->image);
  std::uint16_t from = 0, to = 0xFFFF;
  if (!options.from.empty()) {
    INLAY_TRY(from, parse_address(options.from, session->labels, "--from"));
  }
  if (!options.to.empty()) {
    INLAY_TRY(to, parse_address(options.to, session->labels, "--to"));
  }
  if (from > to) return Error(ErrorKind::InvalidArgument, "--from is behind --to");
  for (const Image::Part& part : session->image.parts) {
    const std::uint32_t last = part.address + static_cast<std::uint32_t>(part.bytes.size()) - 1;
    const std::uint32_t first = std::max<std::uint32_t>(part.address, from);
    if (first <= std::min<std::uint32_t>(last, to)) list(*session, memory, first, std::min<std::uint32_t>(last, to));
  }
  return {};
}

}  // namespace

int disassemble(const Options& options) {
  const Result<void> done = disassemble_program(options);
  if (!done) {
    tell(done.error());
    return StatusError;
  }
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return StatusGood;
  tell(cannot_write("standard output"));
  return StatusError;
}

}  // namespace inlay::m6502::command
