// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/text_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "input/pipe_reader.h"

namespace inlay::filter {

namespace {

// Large enough that mapping costs nothing, small enough for many files at once and for the caches of page tables.
constexpr std::size_t Window = std::size_t{8} << 20;

struct Mapping {
  void* address;
  std::size_t size;
  ~Mapping() { ::munmap(address, size); }
};

class MappedReader final : public TextReader {
 public:
  MappedReader(int file, std::string name, std::size_t begin, std::size_t end)
      : file_(file),
        name_(std::move(name)),
        page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
        begin_(begin),
        position_(begin),
        end_(end) {
    ::posix_fadvise(file_, static_cast<off_t>(begin), 0, POSIX_FADV_SEQUENTIAL);
  }
  ~MappedReader() override { ::close(file_); }

  TextView view(std::size_t at_least) override {
    const std::size_t wanted = std::min(at_least, end_ - position_);
    if (!failure_ && wanted > window_end_ - position_) map(wanted);
    if (failure_) return {.text = {}, .memory = {}, .end = true};
    const char* const begin = static_cast<const char*>(mapping_ ? mapping_->address : nullptr);
    const std::size_t size = window_end_ - position_;
    return {.text = size ? std::string_view(begin + (position_ - window_begin_), size) : std::string_view(),
            .memory = mapping_,
            .end = window_end_ == end_};
  }

  void advance(std::size_t size) override { position_ += size; }
  std::optional<std::int64_t> size() const override { return static_cast<std::int64_t>(end_ - begin_); }
  std::optional<Error> failure() const override { return failure_; }

 private:
  void map(std::size_t wanted) {
    window_begin_ = position_ / page_ * page_;
    window_end_ = std::min(end_, std::max(window_begin_ + Window, position_ + wanted));
    const std::size_t size = window_end_ - window_begin_;
    // What is cut off later ends in SIGBUS, as with every mapping; the command says why.
    struct stat status = {};
    if (::fstat(file_, &status) == 0 && static_cast<std::size_t>(status.st_size) < window_end_) {
      failure_ = Error(ErrorKind::File, "was cut short while it was read", {.file = name_});
      window_end_ = position_;
      return;
    }
    ::posix_fadvise(file_, static_cast<off_t>(window_end_), static_cast<off_t>(Window), POSIX_FADV_WILLNEED);
    void* const address =
        ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file_, static_cast<off_t>(window_begin_));
    if (address == MAP_FAILED) {
      failure_ = Error(ErrorKind::File, std::string("cannot be mapped: ") + std::strerror(errno), {.file = name_});
      window_end_ = position_;
      return;
    }
    mapping_ = std::make_shared<Mapping>(address, size);
  }

  int file_;
  std::string name_;
  std::size_t page_;
  std::size_t begin_;     // of the input in its file
  std::size_t position_;  // in the file, as all of these
  std::size_t end_;
  std::size_t window_begin_ = 0;
  std::size_t window_end_ = 0;
  std::shared_ptr<Mapping> mapping_;
  std::optional<Error> failure_;
};

}  // namespace

Result<std::unique_ptr<TextReader>> open_text(int file, const std::string& name, std::size_t block_bytes) {
  struct stat status = {};
  if (::fstat(file, &status) != 0 || S_ISDIR(status.st_mode)) {
    const int reason = S_ISDIR(status.st_mode) ? EISDIR : errno;
    ::close(file);
    return Error(ErrorKind::File, std::string("cannot be read: ") + std::strerror(reason), {.file = name});
  }
  // Files that tell no size, as those in /proc, are read.
  if (S_ISREG(status.st_mode) && status.st_size > 0) {
    const off_t begin = ::lseek(file, 0, SEEK_CUR);
    if (begin >= 0 && begin <= status.st_size)
      return std::unique_ptr<TextReader>(std::make_unique<MappedReader>(file, name, static_cast<std::size_t>(begin),
                                                                        static_cast<std::size_t>(status.st_size)));
  }
  return open_pipe(file, name, block_bytes);
}

}  // namespace inlay::filter
