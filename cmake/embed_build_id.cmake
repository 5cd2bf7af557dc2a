# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Writes OUTPUT from INPUT (a file for configure_file) with VERSION and the build id of LIBRARY, as READELF tells it. None
# if it has none.
execute_process(COMMAND ${READELF} -n ${LIBRARY} OUTPUT_VARIABLE notes ERROR_QUIET)
set(ID_BYTES "")
if(notes MATCHES "Build ID: ([0-9a-f]+)")
  string(REGEX REPLACE "(..)" "0x\\1, " ID_BYTES "${CMAKE_MATCH_1}")
endif()
configure_file(${INPUT} ${OUTPUT} @ONLY)
