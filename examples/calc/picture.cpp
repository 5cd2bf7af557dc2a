// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "picture.h"

#include <png.h>

#include <cstring>
#include <stdexcept>

namespace calc {

void write_pictures(const std::vector<Picture>& pictures, const std::string& folder) {
  for (const Picture& picture : pictures) {
    png_image image;
    std::memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    const std::string file = folder.empty() ? picture.file : folder + "/" + picture.file;
    if (png_image_write_to_file(&image, file.c_str(), 0, picture.pixels.data(), 0, nullptr) == 0) {
      throw std::runtime_error("cannot write the picture " + file + ": " + image.message);
    }
  }
}

}  // namespace calc
