// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asks this process's memory what the evaluator asked another one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frozen/reads/read_log.h"
#include "frozen/reads/reads.h"

namespace inlay::cache {

class Replay {
 public:
  /// `bound`: what the request binds. Must outlive the replay.
  explicit Replay(std::span<const std::byte> bound) : bound_(bound) {}

  /// Appends the question and this process's answer, as a ReadLog would write them. False if it cannot be asked here:
  /// the memory is not constant, or not what it was. Never reads memory that is not held, and constant.
  bool ask(const frozen::Question& question, base::Bytes& into);

  const frozen::Numbering& numbering() const { return numbering_; }
  /// The constants that were asked for, by the objects of this process.
  const std::vector<frozen::Read>& reads() const { return reads_; }
  /// What has to stay alive for the answers to stay true.
  std::vector<std::shared_ptr<frozen::Region>> regions() const;
  /// Where bound bytes lie that could not be made constants.
  const std::vector<std::uint64_t>& opaque() const { return opaque_; }

 private:
  std::optional<std::span<const std::byte>> bytes_of(const frozen::Question& question);
  std::optional<std::span<const std::byte>> copy(const std::byte* address, std::uint32_t size, std::uint32_t object);
  bool answer_word(const frozen::Question& question, std::span<const std::byte> bytes, base::Writer& to);
  bool answer_address(const void* address, base::Writer& to, bool& known);

  std::span<const std::byte> bound_;
  frozen::Numbering numbering_;
  std::map<std::string, const std::byte*, std::less<>> addresses_;  // of symbols, where they were met
  std::vector<std::shared_ptr<frozen::Region>> held_;               // besides those of objects
  std::vector<frozen::Read> reads_;
  base::Bytes copied_;  // what was read last
  std::vector<std::uint64_t> opaque_;
};

}  // namespace inlay::cache
