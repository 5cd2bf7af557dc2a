// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a file descriptor, in constant memory: regular files are mapped window by window, everything else is
// read ahead by a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::filter {

/// What comes next in the input.
struct TextView {
  std::string_view text;
  std::shared_ptr<void> memory;  // what the text lies in
  bool end = false;              // nothing follows the text, or nothing that can be read: see failure()
};

class TextReader {
 public:
  virtual ~TextReader() = default;
  /// The text from the present position on, `at_least` bytes unless the input ends before (which is told by `end`, at
  /// once or with the next view). It may be longer. Waits for input that is slow.
  virtual TextView view(std::size_t at_least) = 0;
  /// The same, but less if input that is slow pauses with something there: if nothing has come for a tenth of a second.
  virtual TextView view_until_pause(std::size_t wanted) { return view(wanted); }
  /// Goes on behind `size` bytes of the last view.
  virtual void advance(std::size_t size) = 0;
  /// How many bytes there are in all, if that is known.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }
  /// Why the input ended where it did, if that was not its end.
  virtual std::optional<Error> failure() const = 0;
};

/// Takes the file over, even if it fails. A regular file must not be made shorter while it is read (as with any that is
/// mapped: the system ends the program). `name` is for messages.
Result<std::unique_ptr<TextReader>> open_text(int file, const std::string& name, std::size_t block_bytes);

}  // namespace inlay::filter
