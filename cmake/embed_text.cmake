# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cmake -DINPUT=file -DOUTPUT=file.cpp -DHEADER=header -DNAMESPACE=a::b -DNAME=constant -P embed_text.cmake
# Writes a text file as a C++ constant that the header declares.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Made from ${NAME}'s file by cmake/embed_text.cmake.
#include \"${HEADER}\"
namespace ${NAMESPACE} {
const char* const ${NAME} = R\"inlay(${text})inlay\";
}
")
